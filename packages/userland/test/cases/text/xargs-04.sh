printf 'a b\nc "d e" f\\ g\n' > in
t() { "$@"; echo "status $?"; }
t xargs -n x < in
t xargs -E c < in
t xargs -n3 echo x < in
t xargs -i echo {}-{} < in
