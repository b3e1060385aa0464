echo before
eval 'if'
echo not reached
