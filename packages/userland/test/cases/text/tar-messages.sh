t() { "$@"; echo "status $?"; }
echo x > f
t tar -tf nope.tar
t tar -cf x.tar nope
t tar -xf f
echo junk | t tar -tf -
t tar -cf y.tar f
t tar -xkf y.tar
t tar -cvf z.tar f
