echo 1 > a; chmod 741 a; touch -d '2020-01-01 10:00' a
cp a b; stat -c %a b
chmod 600 b; cp a b; stat -c %a b
cp -p a c; stat -c '%a %Y' c
cp --preserve=timestamps a d; stat -c '%a %Y' d
echo new > y; cp -u a y; cat y
cp -n a y; cat y
mkdir -p p/q; echo 3 > p/q/r; mkdir t; cp --parents p/q/r t; cat t/p/q/r
