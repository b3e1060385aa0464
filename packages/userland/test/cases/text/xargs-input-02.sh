printf 'a b\nc "d e" f\\ g\n' > in
printf 'x y\n\nz\n' | xargs -I% echo %
xargs -a in echo
xargs -a nope echo < /dev/null
echo "a'b" | xargs echo
echo 'a"b' | xargs echo
