mkdir d d/e .h; touch a.txt b c10 c9 "x y" .hid; echo hello > f; chmod 755 f; ln -s f l; ln -s nowhere dl; ln -s d dd; chmod 600 b; head -c 5000 /dev/zero > big
touch -d "2020-01-01 10:00" b; touch -d "2021-03-04 05:06" c9; touch -d 2022-11-01 a.txt c10 "x y" f big .hid; touch -h -d 2022-11-02 l dl dd; touch -d 2022-11-03 d/e d .h
ls -t; ls -tr; ls -S a.txt big f; ls -Sr a.txt big f; ls -X; ls -v; ls --sort=time; ls --group-directories-first; ls -c > /dev/null; ls --sort=width
