printf 'echo "script $0 $*"; exit 3\n' > s; chmod +x s
./s a b; echo $?
