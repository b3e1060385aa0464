set -u
echo ${x-ok}
(echo $x); echo $?
(echo $((x+1))); echo $?
(echo ${#x}); echo $?
echo "$@" $# $*
