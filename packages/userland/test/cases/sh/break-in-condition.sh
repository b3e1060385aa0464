while echo cond; break; do echo body; done; echo $?
i=0
while i=$((i+1)); [ $i -lt 5 ] || break; do [ $i = 2 ] && continue; echo $i; done
