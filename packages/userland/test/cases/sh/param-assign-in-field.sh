unset v
for w in ${v:=one two three}; do echo "[$w]"; done
echo "$v"
