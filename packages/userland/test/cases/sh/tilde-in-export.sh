HOME=/h
export A=~/b
echo $A
