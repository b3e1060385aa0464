env -C / pwd
env nosuch; echo $?
env -S 'A=1 sh -c "echo $A x"' | cat
env --foo
env -u A=b; env -C nodir true; env -C /
env ./nofile; echo x > f; env ./f; echo $?
env sh -c 'kill -9 $$'; echo $?
