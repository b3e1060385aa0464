t() { "$@"; echo "status $?"; }
printf 'one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\nnine\nten\n' > a
printf 'one\nTWO\nthree\nfour\nfive\nsix\nseven\neight\nnine\nnine and a half\nten\neleven\n' > b
t diff a b
t diff -u --label a --label b a b
t diff -U1 -L a -L b a b
t diff -c -L a -L b a b
t diff -q a b
t diff -s a a
t diff a a
t diff b a
diff -u a b | tail -n +3
