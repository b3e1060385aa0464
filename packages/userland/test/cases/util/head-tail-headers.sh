seq 3 > f; seq 4 6 > g
head -n 1 f g; head -q -n 1 f g; head -v -n 1 f; tail -n 1 f g; tail -q -n 1 f g; tail -v -n 1 f
head -n 1 f - < g; head nofile f; tail nofile f; head .; tail .
