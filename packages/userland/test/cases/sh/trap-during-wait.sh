trap 'echo caught' USR1
(sleep 0.05; kill -USR1 $$) &
sleep 5 & s=$!
wait $s; echo $?
kill $s
