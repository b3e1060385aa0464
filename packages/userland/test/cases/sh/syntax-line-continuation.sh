ec\
ho joined
echo "a\
b"
echo 'a\
b'
x=va\
lue; echo $x
if tr\
ue; then echo k; fi
echo a &\
& echo b
