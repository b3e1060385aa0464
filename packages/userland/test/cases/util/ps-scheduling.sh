# The tests themselves may run at another niceness.
renice -n 0 -p $$ > /dev/null 2>&1
nice -n 4 sleep 5 & p=$!
sleep 0.2
ps -o ni=,cls=,rtprio=,pri= -p $p | tr -s ' ' | sed 's/^ //'
ps -o pid,ni,cls,rtprio,comm -p $p | head -1 | tr -s ' '
kill $p
sh -c 'ps -o ppid= -p $$' | tr -d ' ' | grep -c '^[0-9]*$'
ps -o nosuch 2>/dev/null; echo $?
