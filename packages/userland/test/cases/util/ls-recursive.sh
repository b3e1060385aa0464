mkdir -p a/b/c a/d; touch a/f a/b/g a/d/.h; ls -R; ls -RA a; ls -R a/b a/d; ls -1Rr a; ls -Rp; ls -RF a/d; ln -s ../a a/loop; ls -R a | grep -c loop
