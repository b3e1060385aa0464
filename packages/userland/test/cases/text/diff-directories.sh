t() { "$@"; echo "status $?"; }
mkdir -p x/s y/s
echo 1 > x/f
echo 2 > y/f
echo same > x/g
echo same > y/g
echo only > x/h
echo new > y/s/k
t diff x y
t diff -r x y
t diff -rq x y
t diff -rN x y
t diff x/f y
t diff -r -x f x y
