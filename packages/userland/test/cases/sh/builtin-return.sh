f() { return 3; }; f; echo $?; g() { false; return; }; g; echo $?
h() { for i in 1 2; do return $i; done; }; h; echo $?
k() { while true; do return 6; done; }; k; echo $?
m() { (return 5); echo $?; }; m
