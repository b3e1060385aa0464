cat < nofile; echo $?
echo x > nodir/f; echo $?
echo x >&9; echo $?
{ echo y; } < nofile; echo $?
while false; do :; done < nofile; echo $?
