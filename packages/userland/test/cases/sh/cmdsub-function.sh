f() { echo "f $1"; return 2; }
x=$(f arg); echo "$x" $?
