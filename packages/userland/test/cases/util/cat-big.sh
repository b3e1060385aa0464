seq 200000 > f; cat f | cksum; cat f f | wc -c; cat < f | tail -n 1; cat -n f | tail -n 1; cat -A f | cksum; cat -b f | cksum
