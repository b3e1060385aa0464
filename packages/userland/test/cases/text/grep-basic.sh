printf 'one\ntwo\nthree\n' > f
grep -n t f
grep -c e f
grep zzz f
