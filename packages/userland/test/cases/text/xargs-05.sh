printf 'a b\nc "d e" f\\ g\n' > in
t() { "$@"; echo "status $?"; }
t xargs -L 2 echo < in
t xargs -d '\n' -n1 < in
t xargs -I{} -n1 echo {} < in
t xargs -0 -n1 echo < in
