seq 20 > f
head f; head -3 f; head -n 2 f f; head -n -15 f; head -n 0 f; head --lines=1 f
tail f; tail -3 f; tail -n +18 f; tail -n 2 f f; tail -n 0 f; tail -n 100 f | wc -l; tail +19 f
printf 'a\nb\nc' | tail -n 1; echo; printf 'a\nb\nc' | tail -n 2; echo; printf 'a\nb\nc' | head -n -1
