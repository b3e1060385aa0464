wait abc; echo $?
wait %9; echo $?
