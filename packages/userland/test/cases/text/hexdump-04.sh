printf 'Hello, World!\n\0\001\377abcdefghijklmnopqrstuvwxyz0123456789' > h1
printf 'abc' > h2
head -c 100 /dev/zero > h3
: > e
t() { "$@"; echo "status $?"; }
t hexdump  e
t hexdump -C e
t hexdump -b e
t hexdump -c e
t hexdump -d e
t hexdump -o e
t hexdump -x e
t hexdump -n 20 -C e
t hexdump -s 5 -C e
t hexdump -v e
t hexdump -s 3 -n 7 -x e
t hexdump -C -x e
