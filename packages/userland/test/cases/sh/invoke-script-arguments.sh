echo 'echo "$0" "$@" $#' > s
sh s 'a b' c; sh ./s; sh nofile; echo $?
sh -x s q 2>&1
