printf '%0500d\n' 0 | tr 0 a > f
grep -cE '(a*)*b' f
grep -cE '(a|a)*b' f
grep -cE '(a|aa)+$' f
grep -cE '(.*)(.*)(.*)(.*)x' f
grep -oE '(a?){100}a{100}' f | head -n 1 | wc -c
sed -E 's/(x+x+)+y/z/' f | wc -c
grep -cE '^(([a-z])+.)+[A-Z]([a-z])+$' f
