x=v
cat <<EOF
one \
two $x
EOF
