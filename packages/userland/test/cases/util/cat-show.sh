printf 'a\n\n\n\tb\r\n\001\377\200x\n' > f
cat -A f
cat -v f
cat -e f
cat -t f
cat -T f
cat -E f
