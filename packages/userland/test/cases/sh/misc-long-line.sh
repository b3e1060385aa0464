x=$(printf '%05000d' 0); echo ${#x}
y=$x$x$x$x; echo ${#y}
