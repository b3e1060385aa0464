printf 'a b\nc "d e" f\\ g\n' > in
t() { "$@"; echo "status $?"; }
t xargs -s 20 < in
t xargs -r < in
t xargs -n1 false < in
t xargs nosuch < in
