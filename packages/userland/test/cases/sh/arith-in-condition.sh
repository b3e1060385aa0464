i=0
while [ $((i+=1)) -lt 4 ]; do echo $i; done
