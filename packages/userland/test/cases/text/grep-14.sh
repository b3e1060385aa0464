printf 'foo line\nsecond\n\nfoobar foo\nFoo\nxx bar\naaa a.b axb\nfoo\ncafé foo é\nlast bar\nend\nend2\nfoo no newline' > a.txt
printf 'nothing\nfoo b\n' > b.txt
printf 'zip\n' > c.txt
mkdir sub
printf 'foo\nbar\n' > pats
printf 'a\0foo\nfoo2\n' > bin
: > empty
t() { "$@"; echo "status $?"; }
t grep -f empty a.txt
t grep -vf empty empty
t grep -A 1 -m 1 foo a.txt
t grep '^$' a.txt
