f() {
cat <<EOF
arg $1
EOF
}
f x; f y
