f() { echo "f $*"; }
f; f a b
g() { return 5; }; g; echo $?
h() { f inner; return; echo no; }; h; echo $?
k() { set -- new; echo $1; }; set -- old; k; echo $1
f() { echo redefined; }; f
unset -f f; f 2>/dev/null || echo gone
m() if true; then echo if-body; fi
m
n() ( echo sub; exit 3 )
n; echo $?
o() { echo $# "$@"; }; o 'a b' ''
