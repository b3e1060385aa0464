head -n x f
tail -n x f
head -c 1Q f
tail -c -x f
head -Z
