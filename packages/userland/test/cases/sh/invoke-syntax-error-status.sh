sh -c 'if'; echo $?
sh -c 'echo a; )'; echo $?
sh -c "echo 'unterminated"; echo $?
sh -c 'for 1 in a; do :; done'; echo $?
sh -c 'case x in'; echo $?
sh -c '${'; echo $?
sh -c 'echo `ls'; echo $?
sh -c 'a && '; echo $?
sh -c 'foo() '; echo $?
sh -c '1bad() { :; }'; echo $?
sh -c 'done'; echo $?
sh -c '{ echo a; '; echo $?
sh -c 'echo $(echo a'; echo $?
sh -c 'if true; then echo a; else fi'; echo $?
sh -c 'while true; do done'; echo $?
sh -c '; echo'; echo $?
sh -c 'echo a;; echo'; echo $?
sh -c 'cat < '; echo $?
sh -c 'echo >&x'; echo $?
