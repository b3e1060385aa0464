mkdir -p s/x; echo 1 > s/x/f; mkdir t; cp -r s/x t/; cp -r s/x/ t/y; ls t t/y; cp -r s/. u; ls u; cp -R s/x/f v; cat v; cp -r s nodir/x; cp s/x/f t/x/f -v
