fg; echo $?
bg; echo $?
jobs %5; echo $?
