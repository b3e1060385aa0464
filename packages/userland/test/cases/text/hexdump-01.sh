printf 'Hello, World!\n\0\001\377abcdefghijklmnopqrstuvwxyz0123456789' > h1
printf 'abc' > h2
head -c 100 /dev/zero > h3
: > e
t() { "$@"; echo "status $?"; }
t hexdump  h1
t hexdump -C h1
t hexdump -b h1
t hexdump -c h1
t hexdump -d h1
t hexdump -o h1
t hexdump -x h1
t hexdump -n 20 -C h1
t hexdump -s 5 -C h1
t hexdump -v h1
t hexdump -s 3 -n 7 -x h1
t hexdump -C -x h1
