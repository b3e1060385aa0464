set -x
echo a 'b c' "$HOME" > /dev/null
x=1 y=2
z=3 true
f() { echo in; }
f arg
for i in 1 2; do :; done
case a in a) :;; esac
(echo sub)
[ 1 = 1 ]
set +x
echo done
