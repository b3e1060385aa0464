printf hello > f; cksum f; cksum < f; cksum no f; printf '' | cksum; seq 1000 | cksum
