sleep 0 & a=$!
sleep 0 & b=$!
[ $a != $b ] && echo differ
wait $a $b; echo $?
