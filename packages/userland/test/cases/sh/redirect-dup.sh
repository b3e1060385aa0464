exec 3> f
echo to three >&3
echo more 1>&3
exec 3>&-
cat f
(echo x >&3) 2>/dev/null || echo closed
