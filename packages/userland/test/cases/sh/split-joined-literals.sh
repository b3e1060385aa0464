x='1 2'
for w in a$x"b c"$x; do echo "[$w]"; done
