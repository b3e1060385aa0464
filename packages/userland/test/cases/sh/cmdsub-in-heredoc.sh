cat <<EOF
$(echo one; echo two)
`echo three`
EOF
