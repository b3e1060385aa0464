sleep 100 & 
jobs | sed 's/[0-9][0-9]*$//'
kill $!; wait %1; echo $?
