printf 'Hello, World!\n\0\001\377abcdefghijklmnopqrstuvwxyz0123456789' > h1
printf 'abc' > h2
head -c 100 /dev/zero > h3
: > e
t() { "$@"; echo "status $?"; }
t xxd -i h3
t xxd -e h3
t xxd -o 100 h3
t xxd -c 5 -g 2 h3
t xxd -s -2 h3
t xxd -b -c 4 h3
t xxd  e
t xxd -p e
t xxd -b e
t xxd -c 8 e
t xxd -g 1 e
t xxd -g 4 -c 12 e
t xxd -l 20 e
