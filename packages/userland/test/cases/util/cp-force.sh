echo a > a; echo b > b; chmod 444 b; cp -f a b; cat b; cp --remove-destination a b; cat b; ln -s b l; cp -f a l; readlink l; cp --remove-destination a l; readlink l || echo plain
