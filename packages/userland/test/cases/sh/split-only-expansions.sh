IFS=o
echo foo
x=foo; echo $x
for w in foo $x; do echo "[$w]"; done
