basename /a/b.c .c
basename .c .c
basename -a /x/y z/
basename -s .txt a.txt b.txt
basename / 
basename //
basename a/
basename -z a | od -c
basename
basename a b c
