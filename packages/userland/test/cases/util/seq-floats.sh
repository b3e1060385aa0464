seq 0 0.1 1; seq 1.0 2; seq 1 .5 3; seq -w 0.5 10; seq 1 1.5; seq 1.5; seq 0.1 0.2 1.15; seq 1 0.25 2; seq 1e2 102; seq 0x10 0x12; seq -w 1 1.00 3; seq 1 -1 -1.5; seq 1.1 3
seq 0 0.000001 0.000003; seq 1 -0.5 -1; seq .1 .1 .5; seq 10 .1 10.5
