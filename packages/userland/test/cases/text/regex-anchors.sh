printf 'a^b$c\n^*x\nabc\n\nfoo bar\n' > f
grep -n 'a^b' f
grep -n '^^' f
grep -n '^*x' f
grep -n 'b$c' f
grep -n '^$' f
grep -n '\(^abc\)' f
grep -nE '(^|o )b' f
grep -nE 'a^|^a' f
grep -n '\<bar\>' f
grep -no '\bfoo\b' f
grep -n 'o\B' f
grep -c '\W' f
grep -n '\`a' f
grep -n "c\\'" f
