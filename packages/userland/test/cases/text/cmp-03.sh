printf 'abc\ndef\n' > p
printf 'abc\ndxf\n' > q
printf 'abc\n' > r
: > e
printf 'abc\nde' > s
printf 'abc\ndefg' > u
t() { "$@"; echo "status $?"; }
t cmp -lb p q
t cmp p nope
t cmp -s p nope
t cmp -l p r
t cmp p - < q
