touch 'a*' ab
echo "a*" a\* 'a'*
x='a*'; echo $x "$x"
echo [a]"*"
