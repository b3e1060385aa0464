export TZ=UTC
mkdir -p d/sub
echo hello > d/f
head -c 3000 /dev/zero > d/z
ln -s f d/l
ln d/f d/h
long=$(printf '%0120d' 1)
echo long > d/$long
chmod 640 d/f
chmod 750 d/sub
touch -d '2021-02-03 04:05:06' d/f d/z d/sub d/$long
tar --sort=name -cf a.tar d
tar -tf a.tar
mkdir x
tar -xf a.tar -C x
cd x
find . -type f -printf '%p %m %s %Ts %n\n' | sort
readlink d/l
cmp d/f d/h && test d/f -ef d/h && echo linked
cmp d/z ../d/z && echo same
