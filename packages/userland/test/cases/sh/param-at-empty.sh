f() { echo $#; }
set --
f "$@"
f "$*"
f "$@"x
f "" "$@"
f $@ $*
