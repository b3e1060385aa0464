for v in abc a.c '*' '[x]' ab; do
case $v in
a?c) echo "$v: a?c";;
\*) echo "$v: star";;
'[x]') echo "$v: bracket";;
*b) echo "$v: ends b";;
esac
done
