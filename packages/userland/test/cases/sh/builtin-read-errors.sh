read 1x < /dev/null; echo $?
read -q x < /dev/null; echo $?
read < /dev/null; echo $?
