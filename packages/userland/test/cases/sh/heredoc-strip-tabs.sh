cat <<-EOF
	one
		two
	three $((2+1))
	EOF
echo after
