trap 'false' USR1
true; kill -USR1 $$; echo $?
f() { kill -USR1 $$; return 4; }; f; echo $?
