IFS=: sh -c 'x="a b:c"; set -- $x; echo $#'
