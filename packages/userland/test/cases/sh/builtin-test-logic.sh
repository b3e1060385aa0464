[ 1 = 1 -a 2 = 2 ] && echo and; [ 1 = 2 -o 2 = 2 ] && echo or
[ ! 1 = 2 ] && echo not; [ \( 1 = 1 \) ] && echo paren
[ 1 = 2 -a 1 = 1 -o 3 = 3 ] && echo mixed
[ ! \( 1 = 2 -o 1 = 3 \) ] && echo notparen
