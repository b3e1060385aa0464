printf '%d %d %d\n' 0x1f 017 "'A"
printf '%d\n' 12abc; echo $?
printf '%d\n' abc; echo $?
printf '%s\n' -n -- -x
