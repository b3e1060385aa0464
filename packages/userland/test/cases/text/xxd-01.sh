printf 'Hello, World!\n\0\001\377abcdefghijklmnopqrstuvwxyz0123456789' > h1
printf 'abc' > h2
head -c 100 /dev/zero > h3
: > e
t() { "$@"; echo "status $?"; }
t xxd  h1
t xxd -p h1
t xxd -b h1
t xxd -c 8 h1
t xxd -g 1 h1
t xxd -g 4 -c 12 h1
t xxd -l 20 h1
t xxd -s 5 h1
t xxd -u h1
t xxd -i h1
t xxd -e h1
t xxd -o 100 h1
t xxd -c 5 -g 2 h1
