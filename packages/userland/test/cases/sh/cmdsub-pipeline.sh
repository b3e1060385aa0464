x=$(echo c b a | tr ' ' '\n' | sort)
echo $x
y=$(for i in 3 1 2; do echo $i; done | sort -r)
echo $y
