'if' 2>/dev/null || echo $?
\for x 2>/dev/null || echo $?
