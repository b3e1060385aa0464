cat <<EOF
${x:-"def ault"} ${y:-'a b'}
EOF
