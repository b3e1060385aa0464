ls -Q1 --foo
cat --foo
wc -z
head -n
mkdir
rm
cp a
mv
ln
cut
sleep
rmdir
touch
chmod 644
tee --x
uname x
seq
