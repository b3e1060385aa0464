set a b c; echo $#
set -- -x -y; echo $1 $2
set --; echo $#
set -e -- q; echo $1; case $- in *e*) echo e;; esac
set +e
set - r s; echo $1
