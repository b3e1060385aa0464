printf '%s-%s\n' a b c
printf '%d\n' 1 2 3
printf 'no args\n' ignored
printf '[%s]\n'
printf '%s %d\n'
