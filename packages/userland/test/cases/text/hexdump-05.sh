printf 'Hello, World!\n\0\001\377abcdefghijklmnopqrstuvwxyz0123456789' > h1
printf 'abc' > h2
head -c 100 /dev/zero > h3
: > e
t() { "$@"; echo "status $?"; }
t hexdump nope
t hexdump -C h2 h1
t hexdump -C -s 0x10 h1
