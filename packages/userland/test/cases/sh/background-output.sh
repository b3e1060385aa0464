f() { echo "bg $1"; }
f x & wait
(echo a; echo b) & wait
for i in 1 2; do echo $i; done & wait
echo p | cat & wait
