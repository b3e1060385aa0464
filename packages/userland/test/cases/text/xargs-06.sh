printf 'a b\nc "d e" f\\ g\n' > in
t() { "$@"; echo "status $?"; }
t xargs --max-args=1 < in
t xargs -l < in
