seq 300000 > f
tail -n 3 f; tail -n 100000 f | cksum; head -n -299998 f; tail -c 10 f; head -c 300000 f | cksum; tail -n +299999 f; cat f | tail -n 2; cat f | head -n -299999
tail -n 1 f f | tail -n 3
