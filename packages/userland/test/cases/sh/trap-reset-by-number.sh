trap 'echo x' 2 15
trap
trap 2
trap
trap - TERM EXIT
trap
