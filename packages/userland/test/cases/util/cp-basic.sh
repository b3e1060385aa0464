echo hi > a
cp a b; cat b
mkdir d; cp a b d; ls d
cp -v a d/z
cp nofile x
cp d e
cp a a
cp a b nodir
cp a nodir/x
