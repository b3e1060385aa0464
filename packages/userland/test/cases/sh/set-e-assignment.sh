set -e
x=$(true); echo ok
local_test() { y=$(false); echo no; }
x=$(false)
echo not reached
