echo x > /dev/full
cat /etc/passwd > /dev/full; echo $?
seq 5 > /dev/full; echo $?
/bin/echo x > /dev/full; echo $?
/bin/printf x > /dev/full; echo $?
ls / > /dev/full; echo $?
head -c 10 /dev/zero > /dev/full; echo $?
yes > /dev/full; echo $?
date > /dev/full; echo $?
