printf 'a\0b\n' | { read x; echo "$x"; }
x=$(printf 'a\0b'); echo "$x"
