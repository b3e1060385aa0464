ln -s a b; ln -s b a; cat a; ls a; ls -L a; stat -L a; touch a; cp a c; chmod 644 a; rm a b; ls
