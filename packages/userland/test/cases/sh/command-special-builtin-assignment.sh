x=1; x=2 :; echo $x
x=3 eval 'echo $x'; echo $x
x=4 export y=5; echo $x $y
x=5 true; echo $x
