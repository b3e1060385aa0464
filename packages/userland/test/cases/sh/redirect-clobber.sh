set -C
echo a > f; echo $?
echo b > f; echo $?
echo c >| f; cat f
echo d >> f; cat f
echo e > /dev/null; echo $?
