x=1
cat <<'EOF'
$x `cmd` \$ $((1))
EOF
cat <<"E O F"
$x
E O F
cat <<\END
$x
END
