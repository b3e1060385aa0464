printf 'a b\nc "d e" f\\ g\n' > in
t() { "$@"; echo "status $?"; }
t xargs -t < in
t xargs -I{} echo '[{}]' < in
t xargs -0 < in
t xargs -d: < in
