touch file1 file2 file10 file01 a-1.2 a-1.10 b.tar.gz b1.tar.gz b10.tar.gz b2.tar.gz .x; ls -v; ls -rv; ls --sort=version -A; ls -X
