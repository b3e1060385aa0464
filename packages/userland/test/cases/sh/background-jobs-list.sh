sleep 100 &
kill $!; wait %1; echo $?
