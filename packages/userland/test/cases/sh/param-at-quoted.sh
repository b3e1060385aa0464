f() { echo $#; for a in "$@"; do echo "<$a>"; done; }
set -- 'a b' '' c
f "$@"
f "x$@y"
f "$*"
f $@
f $*
f "$@" "$@"
