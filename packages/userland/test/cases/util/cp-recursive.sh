mkdir -p d/e; echo 1 > d/f; echo 2 > d/e/g
cp -r d x; ls -R x
cp -r d x; ls x
cp -r d d
cp -r d/. y; ls y
echo f > f; cp -r d f
cp f x/d
cp -T f x
cp -rv d z | sort
