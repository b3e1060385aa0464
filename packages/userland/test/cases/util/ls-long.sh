mkdir d d/e .h; touch a.txt b c10 c9 "x y" .hid; echo hello > f; chmod 755 f; ln -s f l; ln -s nowhere dl; ln -s d dd; chmod 600 b; head -c 5000 /dev/zero > big
touch -d "2020-01-01 10:00" b; touch -d "2021-03-04 05:06" c9; touch -d 2022-11-01 a.txt c10 "x y" f big .hid; touch -h -d 2022-11-02 l dl dd; touch -d 2022-11-03 d/e d .h
u() { sed "s/ $(id -un) *$(id -gn) / U G /;s/^total.*/total/"; }
ls -l a.txt b f l dl dd | u
ls -ld d | cut -c1-10
ls -lL l | u
ls -lH dd | sed 1d | cut -c1-10
ls -l --time-style=long-iso f b | u
ls -l --time-style=+%s f b | u
ls --full-time f | u
ls -lh big f | u
ls -lF f l | u
ls -lr b f | u
ls -o f | sed "s/ $(id -un) / U /"; ls -g f | sed "s/ $(id -gn) / G /"; ls -lG f | sed "s/ $(id -un) / U /"
ls -ln f | cut -c1-12
