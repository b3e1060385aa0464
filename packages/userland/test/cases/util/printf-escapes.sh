/usr/bin/printf '\x41\101\u20ac\U0001F600\n'
/usr/bin/printf 'a\cb\n'
/usr/bin/printf '%b' 'x\0101\n' 'y\cz' 'w'
/usr/bin/printf '\a\b\e\f\v\\\"\n' | od -c
/usr/bin/printf '\q\n'
