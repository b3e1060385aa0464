printf 'a b\nc "d e" f\\ g\n' > in
seq 6 | xargs -P3 -n1 true; echo "status $?"
seq 20 | xargs -P4 -n3 echo | sort
