x='a  b'
echo "$x" "\$x" "a\b" "\\" "\"" "`echo hi`" "$(echo "in  ner")"
