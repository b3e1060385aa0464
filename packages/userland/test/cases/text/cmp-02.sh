printf 'abc\ndef\n' > p
printf 'abc\ndxf\n' > q
printf 'abc\n' > r
: > e
printf 'abc\nde' > s
printf 'abc\ndefg' > u
t() { "$@"; echo "status $?"; }
t cmp p s
t cmp e p
t cmp -n 4 p q
t cmp -i 4 p q
t cmp -b p q
