echo a b c | { read x y; echo "$y"; }
printf '1\n2\n3\n' | while read n; do echo "n=$n"; done
x=1; echo 5 | x=5; echo $x
echo hi | (read v; echo "$v")
