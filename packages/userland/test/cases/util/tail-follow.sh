seq 3 > f
tail -f -s 0.1 -n 1 f > out & p=$!
sleep 0.5; echo 4 >> f; sleep 0.5; kill $p; wait $p 2>/dev/null; cat out
