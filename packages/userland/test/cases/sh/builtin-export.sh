export A=1 B; B=2; sh -c 'echo $A $B'; unset A; sh -c 'echo "[$A]"'
C=3; sh -c 'echo "[$C]"'; export C; C=4; sh -c 'echo $C'
D='a b'; export E=$D F="$D"; sh -c 'echo "$E|$F"'
export -p | grep '^export [BC]='
export 1bad; echo not reached
