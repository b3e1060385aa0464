printf 'foo line\nsecond\n\nfoobar foo\nFoo\nxx bar\naaa a.b axb\nfoo\ncafé foo é\nlast bar\nend\nend2\nfoo no newline' > a.txt
printf 'nothing\nfoo b\n' > b.txt
printf 'zip\n' > c.txt
mkdir sub
printf 'foo\nbar\n' > pats
printf 'a\0foo\nfoo2\n' > bin
: > empty
t() { "$@"; echo "status $?"; }
t grep -iw FOO a.txt
t grep -C100 bar a.txt
t grep -c x empty
t grep -L x empty
