t() { "$@"; echo "status $?"; }
printf 'Hello  World\nfoo\n\nbar  \n' > a
printf 'hello World\nf oo\nbar\n' > b
t diff -i a b
t diff -w a b
t diff -b a b
t diff -iw a b
t diff -B a b
t diff -iwB a b
t diff -Z a b
