tty; echo $?; tty -s; echo $?; tty x < /dev/null; stty < /dev/null; echo $?; stty -a < /dev/null
