s=hello
echo ${#s} ${#} ${#u}
set -- a b c
echo ${#} ${#1}
