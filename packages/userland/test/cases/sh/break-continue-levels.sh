for i in 1 2 3; do
for j in a b c; do
[ $j = b ] && continue 2
[ $i = 3 ] && break 2
echo $i$j
done
done
echo done
for i in 1 2; do for j in 1 2; do break 5; done; echo no; done; echo $?
