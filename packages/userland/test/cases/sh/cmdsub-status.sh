x=$(false); echo $?
x=$(exit 7); echo $?
echo $(exit 3) $?
y=1 x=$(exit 4); echo $?
