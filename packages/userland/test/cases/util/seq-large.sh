seq 100000 | cksum; seq 1 3 100000 | tail -1; seq 0.5 1000 | cksum; seq -f %.3f 0 0.001 1 | cksum; seq 9 -3 -9; seq 1e3 1e3 5e3; seq 18446744073709551614 18446744073709551617
