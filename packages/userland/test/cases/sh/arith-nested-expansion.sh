x=3
echo $(( $(echo 4) + `echo 5` + ${x} + $((1+1)) ))
