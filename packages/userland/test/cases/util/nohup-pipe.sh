nohup echo hi 2>/dev/null | cat; nohup nosuch > /dev/null 2>&1; echo $?; nohup; nohup sh -c 'exit 4' > /dev/null 2>&1 < /dev/null; echo $?
