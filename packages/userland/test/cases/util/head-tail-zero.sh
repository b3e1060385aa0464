printf 'a\0b\0c\0' > f; head -z -n 1 f | od -c; tail -z -n 1 f | od -c; wc -l < f; head -c -0 f | wc -c; tail -c 0 f | wc -c; tail -n +0 f | wc -c; tail -n +1 f | wc -c; head -qn1 f - < f | wc -c
