mkdir a; echo 1 > a/f; cp -r a a/b; ls -R a; mv a a/c; ls; mv a/b a/b/d; cp -r a a; echo $?
