/bin/printf '\x41\101\u20ac\U0001F600\n'
/bin/printf 'a\cb\n'
/bin/printf '%b' 'x\0101\n' 'y\cz' 'w'
/bin/printf '\a\b\e\f\v\\\"\n' | od -c
/bin/printf '\q\n'
