sleep 100 & p=$!
kill $p; wait $p; echo $?
sleep 100 & kill -9 $!; wait $!; echo $?
while :; do :; done & kill -TERM $!; wait $!; echo $?
(trap 'echo trapped; exit 7' TERM; echo ready > flag; while :; do sleep 0.01; done) &
while [ ! -s flag ]; do sleep 0.01; done
kill $!; wait $!; echo $?
