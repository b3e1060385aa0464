printf 'foo line\nsecond\n\nfoobar foo\nFoo\nxx bar\naaa a.b axb\nfoo\ncafé foo é\nlast bar\nend\nend2\nfoo no newline' > a.txt
printf 'nothing\nfoo b\n' > b.txt
printf 'zip\n' > c.txt
mkdir sub
printf 'foo\nbar\n' > pats
printf 'a\0foo\nfoo2\n' > bin
: > empty
t() { "$@"; echo "status $?"; }
t grep -A x foo a.txt
t grep -o -v foo a.txt
t grep -nc foo a.txt b.txt
t grep -H foo < b.txt
