t() { "$@"; echo "status $?"; }
printf 'x\ny' > a
printf 'x\ny\n' > b
: > e
printf 'a\0b\n' > n
printf 'a\0c\n' > m
t diff a b
t diff -u -L 1 -L 2 a b
t diff e b
t diff b e
t diff -u -L 1 -L 2 e b
t diff n m
t diff nope a
echo x | t diff - b
t diff e e
