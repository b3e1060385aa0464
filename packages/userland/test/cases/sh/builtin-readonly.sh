readonly R=1; echo $R
(R=2); echo $?
(unset R); echo $?
(readonly R=3); echo $?
(export R; echo $R)
readonly -p | grep R=
R=5; echo not reached
