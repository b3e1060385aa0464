echo a > a; echo b > b; mkdir d; cp -t d a b; ls d; cp -t d nofile a; cp -t no a; cp --target-directory=d b && echo ok; cp -T a d; cp -t d
