nosuch_cmd; echo $?
./nosuch; echo $?
/nonexistent/x; echo $?
touch plain; ./plain; echo $?
./; echo $?
mkdir d; ./d; echo $?
''; echo $?
