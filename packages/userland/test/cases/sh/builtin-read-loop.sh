printf '1 2\n3 4\n5' | while read a b; do echo "$b-$a"; done
printf '1 2\n3 4\n5' | { while read a b || [ -n "$a" ]; do echo "$a+$b"; done; }
