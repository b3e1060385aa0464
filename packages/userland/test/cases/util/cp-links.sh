echo a > a; ln -s a l; ln -s no dangling; mkdir d; ln -s ../a d/l
cp l m; readlink m; cat m
cp -P l n; readlink n
cp -d dangling o; readlink o
cp dangling p
cp -r d e; readlink e/l
cp -rL d f; readlink f/l; cat f/l
cp a dangling
cp -a d g; readlink g/l
ln a h; mkdir two; cp -a a h two; stat -c %h two/a
cp -s "$PWD/a" s; readlink s | sed 's|.*/||'
cp -l a hard; stat -c %h a
