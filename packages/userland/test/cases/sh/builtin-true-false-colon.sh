true; echo $?; false; echo $?; :; echo $?; : ${x:=set} ; echo $x
