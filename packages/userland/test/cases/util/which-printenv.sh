A=1 printenv A; printenv NOSUCH; echo $?; A=1 B=2 printenv A B; env -i X=1 printenv; env -i X=1 Y=2 printenv -0 | od -c
which sh > /dev/null; echo $?; which nosuch; echo $?; which; echo $?; printf '#!/bin/sh\n' > prog; chmod 755 prog; which ./prog; PATH=.:$PATH which prog
