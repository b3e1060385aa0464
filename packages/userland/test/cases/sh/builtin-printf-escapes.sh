printf 'a\nb\tc\\d\101\n'
printf 'x\cy\n'; echo
printf '%b' 'stop\chere' after; echo
printf "%s\n" "a\nb"
