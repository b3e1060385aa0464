printf 'a b\nc "d e" f\\ g\n' > in
printf '' | xargs echo hi
printf '' | xargs -r echo hi
printf ' \n \n' | xargs echo hi
printf 'a\0b c\0' | xargs -0 -n1 echo
printf 'a,b,c' | xargs -d, echo
