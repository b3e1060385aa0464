x=1; x=2 echo $x; echo $x
x=a y=$x sh -c 'echo $x $y'
x=3 y=$x; echo $y
