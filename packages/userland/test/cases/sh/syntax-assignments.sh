a=1 b=2 c=$a$b; echo $c
d=; echo "[$d]"; e="x y" f='p q'; echo $e $f
g=a=b=c; echo $g; echo h=1; h=2; echo $h
i=~; [ "$i" = "$HOME" ] && echo home
j=*; echo "$j"; k="a
b"; echo "$k"
1x=2 2>/dev/null; echo $?
