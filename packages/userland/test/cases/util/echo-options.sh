/usr/bin/echo -e 'a\tb\0101\x41\c' z
/usr/bin/echo -n hi
/usr/bin/echo -E 'a\tb'
/usr/bin/echo -ne 'x\n'
/usr/bin/echo -nx y
/usr/bin/echo - --
/usr/bin/echo -e '\e[1m\\' | od -c
/usr/bin/echo
