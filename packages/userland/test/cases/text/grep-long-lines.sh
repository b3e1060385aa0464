head -c 1000000 /dev/zero | tr '\0' x > f
printf 'needle\n' >> f
echo short needle >> f
grep -c needle f
grep -n -o needle f
grep -b -o needle f
grep -vc zzz f
seq 100000 | grep -c 9
seq 100000 | grep -n 99999
seq 100000 | grep -B1 -A1 '^50000$'
seq 100000 | grep -m 3 77
seq 1000 | grep -c -v 1
