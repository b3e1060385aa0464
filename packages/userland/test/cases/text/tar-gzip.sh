t() { "$@"; echo "status $?"; }
mkdir d
seq 5000 > d/n
echo x > d/x
t tar --sort=name -czf a.tgz d
gzip -t a.tgz && echo packed
t tar -tzf a.tgz
t tar -tf a.tgz
mkdir y
t tar -xzf a.tgz -C y
cmp d/n y/d/n && echo same
tar -cf - d/x | tar -tf -
tar -czf - d/x | tar -xzOf -
tar --sort=name -cf - d | gzip -c | tar -tzf -
