/bin/echo -e 'a\tb\0101\x41\c' z
/bin/echo -n hi
/bin/echo -E 'a\tb'
/bin/echo -ne 'x\n'
/bin/echo -nx y
/bin/echo - --
/bin/echo -e '\e[1m\\' | od -c
/bin/echo
