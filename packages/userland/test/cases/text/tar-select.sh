t() { "$@"; echo "status $?"; }
mkdir -p d/sub
echo 1 > d/a.c
echo 2 > d/a.o
echo 3 > d/sub/b.c
tar --sort=name -cf a.tar d
t tar -tf a.tar d/sub
t tar -tf a.tar nope
t tar -xOf a.tar d/a.c
mkdir y
t tar -xvf a.tar -C y --strip-components=1
find y | sort
t tar -cf c.tar --exclude='*.o' --exclude=sub --sort=name d
tar tf c.tar
t tar cf b.tar d/a.c -C d a.o
tar tf b.tar
t tar -rf b.tar d/sub
tar tf b.tar
