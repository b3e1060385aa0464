x=abc
echo $\
x ${\
x} "$(\
echo sub)"
