timeout 5 true; echo $?; timeout 5 sh -c 'exit 3'; echo $?; timeout 0.1 sleep 5; echo $?; timeout -s KILL 0.1 sleep 5; echo $?; timeout -k 0.1 0.1 sleep 5; echo $?
timeout 5 nosuch; echo $?; timeout x true; echo $?; timeout; timeout --preserve-status 0.1 sleep 5; echo $?; timeout -v 0.1 sleep 5; timeout 0 true; echo $?
