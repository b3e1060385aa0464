env -i A=1 B=2
env -i A=1 /bin/sh -c 'echo $A-$B'
A=5 env -u A sh -c 'echo ${A-unset}'
env X=5 sh -c 'echo $X; exit 3'; echo $?
env -i -u Z A=b -- env
env - C=1
env -0 -i A=1 B=2 | od -c
