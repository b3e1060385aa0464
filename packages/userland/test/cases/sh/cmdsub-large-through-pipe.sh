big=$(seq 1 50000)
x=$(echo "$big" | cat)
echo ${#x}
y=$(echo "$big" | while read n; do echo "n is $n"; done | tail -n 2)
echo "$y"
