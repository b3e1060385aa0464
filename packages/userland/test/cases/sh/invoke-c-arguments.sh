sh -c 'echo $0 $1 $#' name a b
sh -c 'echo $0'
sh -c 'echo "$@"' x 'a b' c | cat
sh -ec 'false; echo no'; echo $?
sh -c; echo $?
