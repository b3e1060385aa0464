mkdir -p d1/s d2
touch d1/f d2/f d1/s/g
echo */f
echo d*/
echo d1/*/*
echo */*
echo ./d?/f
