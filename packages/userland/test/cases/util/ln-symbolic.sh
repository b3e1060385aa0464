echo a > a
ln -s a c; readlink c
ln -sv x y
ln -s a c
ln -sf q c; readlink c
mkdir e; ln -s ../a e; readlink e/a
ln -s a b e; ls e
ln -s target
ln -sT a e
ln -sfn nowhere e2; ln -s e e2; readlink e2
ln -sr a e/rel; readlink e/rel
