cat 3<<EOF 0<&3
via three
EOF
