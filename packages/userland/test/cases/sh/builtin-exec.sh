(exec echo replaced; echo no)
(exec sh -c 'exit 9'); echo $?
(exec nosuch_cmd_x; echo no); echo $?
exec 5>&1; echo five >&5; exec 5>&-
sh -c 'exec echo last; echo no'
exec sh -c 'echo final; exit 3'
