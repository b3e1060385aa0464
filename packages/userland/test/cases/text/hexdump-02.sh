printf 'Hello, World!\n\0\001\377abcdefghijklmnopqrstuvwxyz0123456789' > h1
printf 'abc' > h2
head -c 100 /dev/zero > h3
: > e
t() { "$@"; echo "status $?"; }
t hexdump  h2
t hexdump -C h2
t hexdump -b h2
t hexdump -c h2
t hexdump -d h2
t hexdump -o h2
t hexdump -x h2
t hexdump -n 20 -C h2
t hexdump -s 5 -C h2
t hexdump -v h2
t hexdump -s 3 -n 7 -x h2
t hexdump -C -x h2
