printf 'Hello, World!\n\0\001\377abcdefghijklmnopqrstuvwxyz0123456789' > h1
printf 'abc' > h2
head -c 100 /dev/zero > h3
: > e
t() { "$@"; echo "status $?"; }
t xxd -o 100 h2
t xxd -c 5 -g 2 h2
t xxd -s -2 h2
t xxd -b -c 4 h2
t xxd  h3
t xxd -p h3
t xxd -b h3
t xxd -c 8 h3
t xxd -g 1 h3
t xxd -g 4 -c 12 h3
t xxd -l 20 h3
t xxd -s 5 h3
t xxd -u h3
