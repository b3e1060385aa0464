x=1; (x=2; cd /; set -f; f() { :; }; trap 'echo t' EXIT; umask 0); echo $x
case $- in *f*) echo leaked;; esac
type f 2>/dev/null || echo no f
(exit 4); echo $?
( (echo nested; exit 2); echo $? )
echo $(x=9; echo $x) $x
