x=1
{ x=2; echo $x; } & wait; echo $x
g() { return 9; }
g & wait $!; echo $?
