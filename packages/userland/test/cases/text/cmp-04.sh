printf 'abc\ndef\n' > p
printf 'abc\ndxf\n' > q
printf 'abc\n' > r
: > e
printf 'abc\nde' > s
printf 'abc\ndefg' > u
t() { "$@"; echo "status $?"; }
t cmp s u
t cmp -n 6 p q
t cmp -i 1:2 p q
