env [ a = b ]; echo $?; env [ ]; echo $?; env [ -n '' -o 1 -eq 1 ]; echo $?; env [ '(' a = a ')' -a ! -e no ]; echo $?; env [ a; echo $?
