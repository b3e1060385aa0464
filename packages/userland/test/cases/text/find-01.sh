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
f
f .
f a
f a/
