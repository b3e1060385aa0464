echo a > f
echo b
{ echo c > f; echo d; }
f() { echo e > f; echo g; }; f; cat f
