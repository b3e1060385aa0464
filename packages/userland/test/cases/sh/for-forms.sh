for i in a b c; do echo $i; done
for i in; do echo never; done; echo $?
set -- x 'y z'
for i; do echo "[$i]"; done
for i do echo "<$i>"; done
for i
do echo "{$i}"; done
for i in $(seq 3) *.none; do echo $i; done; echo "last $i"
