trap 'echo x' NOSUCH; echo $?
trap 'echo y' 99; echo $?
