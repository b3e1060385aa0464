printf '%z\n' 1; echo $?
printf; echo $?
