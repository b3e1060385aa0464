IFS=,
printf 'a,b,,c\n' | { read x y z; echo "[$x][$y][$z]"; }
printf 'a,\n' | { read x; echo "[$x]"; }
printf ',a,b,\n' | { read x y; echo "[$x][$y]"; }
IFS=', '
printf ' a , b , c \n' | { read x y; echo "[$x][$y]"; }
IFS=
printf '  a b  \n' | { read x y; echo "[$x][$y]"; }
