mkdir a; echo 1 > a/f; cp -r a a/b; ls -R a | head -6; mv a a/c; ls; cp -r a/. a/z; ls a/z; cp -r . x 2>&1 | head -1; ls x
