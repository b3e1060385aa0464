x=$(printf 'a\n\nb\n\n\n')
echo "[$x]"
