false; echo $?
set -- x; echo $#
[ $$ -gt 0 ] && echo pid
echo "[$!]"
