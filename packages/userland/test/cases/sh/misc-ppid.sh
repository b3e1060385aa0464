[ "$PPID" -ge 0 ] && echo ok
(echo $PPID) > a; echo $PPID > b; [ "$(cat a)" = "$(cat b)" ] && echo same
