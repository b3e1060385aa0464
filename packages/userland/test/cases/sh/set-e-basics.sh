set -e
true
false || true
if false; then :; fi
! true
while false; do :; done
false && true
echo still here
false
echo not reached
