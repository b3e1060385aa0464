mkdir -p a/b/c d .h
echo hello > a/f1.txt
: > a/empty
echo x > a/b/F2.TXT
echo yy > 'a/b/c/sp ace'
printf '%2000d' 1 > d/big
ln -s ../a/f1.txt d/link
ln -s nowhere d/dead
ln a/f1.txt a/hard
echo z > .h/z
chmod 600 d/big
chmod 755 a/b/F2.TXT
touch -d '2020-01-02 03:04:05' a/f1.txt
touch -d '3 days ago' a/b/F2.TXT
f() { find "$@" > /tmp/find-out.$$ 2>&1; s=$?; sort /tmp/find-out.$$; rm /tmp/find-out.$$; echo "status $s"; }
cp -r a a2
f a2 -name '*.txt' -delete
f a2
f a2 -delete
f a2
f . -type f -fprint out1
sort out1
f . -name f1.txt -fprintf out2 '%f\n'
cat out2
f a -maxdepth 1 -type f -printf '%f %P %s %m %M %d %y %h %H %n\n'
f d -type l -printf '%p -> %l\n'
f a/f1.txt -printf '%TY-%Tm-%Td %TH:%TM %T@ %t %T+\n'
find a -type f -print0 | sort -z | tr '\0' '|'
f . -name '*.txt' -exec sh -c 'echo "$# $1"' x {} +
