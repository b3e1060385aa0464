echo 'echo "in dot $1 $#"; v=set; return 4; echo no' > s
. ./s; echo $? $v
set -- a b; . ./s
echo 'f() { echo sourced; }' > lib; . ./lib; f
. ./nofile
echo not reached
