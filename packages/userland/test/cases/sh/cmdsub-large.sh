x=$(i=0; while [ $i -lt 3000 ]; do echo "line number $i of many lines, padded to be longer than usual, to fill any pipe there may be $i"; i=$((i+1)); done)
echo ${#x}
