printf 'a b\nc "d e" f\\ g\n' > in
printf 'a\n_\nb\n' | xargs -E _ echo
printf '1\n2\n3\n' | xargs sh -c 'exit 255'; echo "status $?"
printf '1\n2\n3\n' | xargs -n1 sh -c 'exit 3'; echo "status $?"
printf '1\n' | xargs sh -c 'kill $$'; echo "status $?"
printf 'a b \nc d\n' | xargs -L1 echo
