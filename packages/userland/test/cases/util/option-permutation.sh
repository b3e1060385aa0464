echo a > a; cp a b -v; ls -1 a -r b; env sh -c 'echo $0' x -y; mkdir d -p e; rm a -f b; ls; head f -n 1; touch -- -x; ls -- -x; rm -- -x; seq -s: 3; nl -w2 -s. < /dev/null; head -n1 -- -z
