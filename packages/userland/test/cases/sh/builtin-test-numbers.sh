[ 1 -eq 1 ] && echo eq; [ 2 -gt 1 ] && echo gt; [ 1 -lt 2 ] && echo lt
[ 1 -le 1 ] && [ 1 -ge 1 ] && [ 1 -ne 2 ] && echo rest
[ -5 -lt 3 ] && echo neg; [ ' 7 ' -eq 7 ] && echo blanks
[ a -eq 1 ]; echo $?
[ 1 -eq ]; echo $?
