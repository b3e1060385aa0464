[ "$PPID" -ge 0 ] && echo ok
(echo $PPID) > a; echo $PPID > b; cmp a b && echo same
