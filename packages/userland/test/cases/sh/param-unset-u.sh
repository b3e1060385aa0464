set -u
x=1
echo $x ${y-unset} ${y:-d} ${y+alt} "$@" $*
echo $y
echo not reached
