echo data | { cat & wait; echo done; }
cat & wait; echo $?
