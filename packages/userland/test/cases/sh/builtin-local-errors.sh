f() { local 1x; echo $?; }; (f); echo $?
local x; echo $?
