t() { env test "$@"; echo "$? $*"; }
t; t a; t ''; t -n a; t -z a; t a = a; t a = b; t a != b; t a == a; t 1 -lt 2; t 10 -gt 9; t -1 -eq -01; t ' 5 ' -eq 5; t 5 -ge 5; t 5 -le 4; t 5 -ne 5
t x -eq 1; t ! a; t ! ''; t a -a b; t a -o ''; t '' -o ''; t '(' a ')'; t ! '(' a = b ')'; t a = a -a b = b; t a = a -o b = c -a d = e; t ! a = a
t a b; t a b c; t -q a; t 1 -eq 1 x; t '('; t -f; t = = =; t ! ! a; t -t 0; t 99999999999999999999 -gt 99999999999999999998; t '' -a ! ''; t ! a -o b; t -f a -o -d .
