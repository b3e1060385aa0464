x=1; unset x; echo "[$x]"; f() { echo f; }; unset -f f; f 2>/dev/null; echo $?
unset nothing; echo $?; x=1; f() { echo f2; }; unset -v x; echo "[$x]"; f
unset 1bad; echo not reached
