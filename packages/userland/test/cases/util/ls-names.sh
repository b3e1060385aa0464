mkdir d d/e .h; touch a.txt b c10 c9 "x y" .hid; echo hello > f; chmod 755 f; ln -s f l; ln -s nowhere dl; ln -s d dd; chmod 600 b; head -c 5000 /dev/zero > big
touch -d "2020-01-01 10:00" b; touch -d "2021-03-04 05:06" c9; touch -d 2022-11-01 a.txt c10 "x y" f big .hid; touch -h -d 2022-11-02 l dl dd; touch -d 2022-11-03 d/e d .h
ls; ls -a; ls -A; ls -1r; ls -d . d; ls -R; ls -Q; ls -b; ls -N; ls -B; ls --zero | od -c | head -3
ls nofile f d
ls dd; ls -d dd; ls -I 'c*'; ls -U > /dev/null && echo ok
