x=$(seq 1 60000)
echo ${#x}
