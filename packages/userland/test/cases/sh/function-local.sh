x=global
f() { local x; echo "[$x]"; x=inner; g; echo $x; }
g() { echo "g sees $x"; }
f; echo $x
h() { local y=1 z; y=2; echo $y; }
y=out; h; echo $y
