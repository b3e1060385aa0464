echo a > a; mv a b; cat b
mkdir d; mv -v b d
mv nofile x
mv d d/e
mv d/b d/b
echo c > c; mv c d; mv d/c d/b; cat d/b
mkdir e; echo f > f; mv f e/; mv e d; ls -R
mv -n d/b d/e/f; cat d/e/f
mv d nofile/x
mv -T d/e d/b
echo x > x; mv x d/e -T
mv d/b x y z
