(exit); echo $?; (false; exit); echo $?; (exit 256); echo $?; (exit 300); echo $?
(exit abc); echo $?
sh -c 'exit 42'; echo $?
