mkdir -m 1777 a; mkdir -m g+s b; mkdir -m a=rx c; mkdir -pm 700 d/e; stat -c '%a %n' a b c d d/e; mkdir; mkdir -m; mkdir -p d/e/; mkdir d/e/ f/ ; ls
