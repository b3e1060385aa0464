x=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
x=$x$x$x$x$x$x$x$x
x=$x$x$x$x$x$x$x$x
x=$x$x$x$x$x$x$x$x
x=$x$x$x$x$x$x$x$x$x$x$x$x
cat <<EOF | wc -c
$x
EOF
