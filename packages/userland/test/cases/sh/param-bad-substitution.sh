echo ok
echo ${x!y}
echo not reached
