readonly r=1
r=2 true; echo a
(r=2 echo hi); echo $?
(read r <<E
x
E
); echo $?
(for r in a; do echo no; done); echo $?
