sleep 0 & wait; echo $?
(exit 3) & wait $!; echo $?
sh -c 'exit 5' & p=$!; wait $p; echo $?
{ echo in bg; exit 6; } & wait $!; echo $?
wait; echo $?
wait 99999; echo $?
