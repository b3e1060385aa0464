ls /nonexistent_x 2> err; echo $?
[ -s err ] && echo has error
{ echo out; echo err >&2; } > o 2>&1; cat o
{ echo out; echo err >&2; } 2>&1 > o | cat
