printf 'Hello, World!\n\0\001\377abcdefghijklmnopqrstuvwxyz0123456789' > h1
printf 'abc' > h2
head -c 100 /dev/zero > h3
: > e
t() { "$@"; echo "status $?"; }
t hexdump  h3
t hexdump -C h3
t hexdump -b h3
t hexdump -c h3
t hexdump -d h3
t hexdump -o h3
t hexdump -x h3
t hexdump -n 20 -C h3
t hexdump -s 5 -C h3
t hexdump -v h3
t hexdump -s 3 -n 7 -x h3
t hexdump -C -x h3
