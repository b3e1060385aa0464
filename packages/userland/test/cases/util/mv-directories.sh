mkdir a b; echo 1 > a/f; echo 2 > b/f
mv a b; ls b b/a
mkdir a; mv a b
mv -T b c; ls c
mv c/f c/a c/a
mkdir empty; mkdir full; touch full/x; mv -T empty full
