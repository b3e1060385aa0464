eval 'echo a; echo b'; x='echo $y'; y=val; eval $x; eval "$x" z
eval; echo $?; false; eval ''; echo $?; eval 'false'; echo $?
for i in 1 2; do eval 'break'; done; echo $i
f() { eval 'return 3'; echo no; }; f; echo $?
eval 'x=1
y=2
echo $x$y'
