x=$(cat <<EOF
line $((1+1))
  "quoted"
EOF
)
echo "$x"
