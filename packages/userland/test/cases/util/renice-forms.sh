# The tests themselves may run at another niceness.
renice -n 0 -p $$ > /dev/null 2>&1
sleep 5 & p=$!
renice -n 3 -p $p | sed "s/$p/PID/"; renice 5 $p | sed "s/$p/PID/"; renice +7 -p $p | sed "s/$p/PID/"; ps -o ni= -p $p
renice x 1 2>/dev/null; echo $?; renice -n 5 -p 99999999 2>/dev/null; echo $?; renice 2>/dev/null; echo $?
kill $p
