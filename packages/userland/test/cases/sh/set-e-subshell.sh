set -e
(false; echo no) || echo caught
x=$(false; echo no) || echo sub
echo $(false; echo yes)
(exit 3)
echo not reached
