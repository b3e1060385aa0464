touch -t 202001020304.05 a; stat -c %Y a
touch -d '2021-05-06 07:08:09' b; stat -c %y b
touch -r a c; stat -c %Y c
touch -c no; ls no
touch -a -d @5 a; stat -c '%X %Y' a
touch -m -d @6 a; stat -c '%X %Y' a
touch -t 20 x
touch no/f
touch -d 'not a date' a
touch -t 9901010000 q; stat -c %Y q
touch -d '1 day ago' r && echo ok
