seq 20 > f
head -c 5 f; head -c -40 f; tail -c 5 f; tail -c +45 f; head -c 1K f | wc -c; tail -c 1M f | wc -c; tail -c 3 < f; cat f | tail -c 4; head -c 2kB f | cksum
