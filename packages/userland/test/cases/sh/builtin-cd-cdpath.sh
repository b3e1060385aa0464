mkdir -p p/q r
CDPATH=p; cd q | sed 's|.*/p/|p/|'
cd q > /dev/null; basename "$PWD"
