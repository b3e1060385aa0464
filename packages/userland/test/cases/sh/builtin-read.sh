read a b <<E
one two three
E
echo "$a|$b"
read a b c <<E
  x   y  
E
echo "$a|$b|$c"
read a <<E
  padded line  
E
echo "[$a]"
IFS=: read u p rest <<E
root:x:0:0:root
E
echo "$u $p $rest"
echo end | { read x; echo "$x" $?; read x; echo "[$x]" $?; }
printf 'no newline' | { read x; echo "$x" $?; }
