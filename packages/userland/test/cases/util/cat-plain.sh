printf 'a\nb' > f
cat f f; echo
cat < f; echo
echo in | cat - f; echo
cat nofile f
cat .
cat f > g; cat g
