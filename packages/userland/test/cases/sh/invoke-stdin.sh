echo 'echo from stdin $1' | sh -s arg
printf 'read x\nthis line is data\necho "got $x"\n' > s
sh -u -c 'echo $nope'; echo $?
