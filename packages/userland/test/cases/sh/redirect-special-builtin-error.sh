echo before
: > nodir/file
echo not reached
