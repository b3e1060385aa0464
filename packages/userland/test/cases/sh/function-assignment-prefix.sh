f() { echo "$v"; }
v=outer; v=prefix f; echo $v
v=env sh -c 'echo $v'
