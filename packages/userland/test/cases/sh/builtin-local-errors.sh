local x; echo $?
f() { local 1x; echo $?; }; f; echo $?
