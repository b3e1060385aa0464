printf 'a b\nc "d e" f\\ g\n' > in
t() { "$@"; echo "status $?"; }
t xargs  < in
t xargs -n1 < in
t xargs -n2 < in
t xargs -L1 < in
