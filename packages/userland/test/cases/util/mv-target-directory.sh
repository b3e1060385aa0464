echo a > a; echo b > b; mkdir d; mv -t d a b; ls d; mv -t d no; mv -t no d; mv -v d/a d/b .; mv -u a b; cat b; mv -f b a; ls
