f() { case $1 in a*) for i in "$@"; do echo "<$i>"; done;; esac; }
g() { f "$@" | cat; }
set -- p q
g a 'b c' | { while read l; do echo "$l $# $1"; done; }
h() { local z=1; { echo $z; cat <<EOF
doc $z
EOF
} | cat | f2; }
f2() { while read x; do echo "f2 $x $z"; done; }
z=0; h
