printf 'abc\ndef\n' > p
printf 'abc\ndxf\n' > q
printf 'abc\n' > r
: > e
printf 'abc\nde' > s
printf 'abc\ndefg' > u
t() { "$@"; echo "status $?"; }
t cmp p q
t cmp p p
t cmp -l p q
t cmp -s p q
t cmp p r
