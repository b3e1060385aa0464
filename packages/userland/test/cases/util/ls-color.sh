mkdir d d/e .h; touch a.txt b c10 c9 "x y" .hid; echo hello > f; chmod 755 f; ln -s f l; ln -s nowhere dl; ln -s d dd; chmod 600 b; head -c 5000 /dev/zero > big
touch -d "2020-01-01 10:00" b; touch -d "2021-03-04 05:06" c9; touch -d 2022-11-01 a.txt c10 "x y" f big .hid; touch -h -d 2022-11-02 l dl dd; touch -d 2022-11-03 d/e d .h
ls --color=always; ls -C --color=always -w 30; ls --color=never; ls --color=auto
LS_COLORS='di=1:*.txt=35:or=31:ex=32' ls --color=always
ls --color=sometimes
