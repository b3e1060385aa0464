seq 10 | sort -rn | head -n 3 | tail -n 1 | cat | cat
for i in 3 1 2; do echo $i; done | sort | while read x; do echo "got $x"; done | tr 'g' 'G'
