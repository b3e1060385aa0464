printf 'Hello, World!\n\0\001\377abcdefghijklmnopqrstuvwxyz0123456789' > h1
printf 'abc' > h2
head -c 100 /dev/zero > h3
: > e
t() { "$@"; echo "status $?"; }
t xxd -s 5 e
t xxd -u e
t xxd -i e
t xxd -e e
t xxd -o 100 e
t xxd -c 5 -g 2 e
t xxd -s -2 e
t xxd -b -c 4 e
xxd h1 | xxd -r | cmp - h1
xxd -p h1 | xxd -r -p | cmp - h1
xxd -c 5 h1 | xxd -r -c 5 | cmp - h1
echo '41 42 43' | xxd -r -p
echo '00000004: 4142' | xxd -r
