printf 'a b\nc "d e" f\\ g\n' > in
printf "it's\n" | xargs -0 echo
printf 'a  b\n   c\n' | xargs -I% echo '[%]'
seq 3000 | xargs -n 1000 sh -c 'echo $#'
seq 40000 | xargs sh -c 'echo $#'
seq 3 | xargs -n1 cat
