printf 'Hello, World!\n\0\001\377abcdefghijklmnopqrstuvwxyz0123456789' > h1
printf 'abc' > h2
head -c 100 /dev/zero > h3
: > e
t() { "$@"; echo "status $?"; }
t xxd -s -2 h1
t xxd -b -c 4 h1
t xxd  h2
t xxd -p h2
t xxd -b h2
t xxd -c 8 h2
t xxd -g 1 h2
t xxd -g 4 -c 12 h2
t xxd -l 20 h2
t xxd -s 5 h2
t xxd -u h2
t xxd -i h2
t xxd -e h2
