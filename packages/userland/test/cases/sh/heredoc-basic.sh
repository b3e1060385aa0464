cat <<EOF
a $((1+1)) \$x \\ \" "quoted" 'single'
EOF
