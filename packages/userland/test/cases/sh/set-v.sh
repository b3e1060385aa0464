set -v
echo hi
x=1
set +v
echo bye
