command echo hi; command -v echo; command -v nosuch_cmd; echo $?
f() { echo func; }; echo() { f; }; echo x; command echo real; unset -f echo
command -v f; command -V f; command -V cd; command nosuch_cmd_2; echo $?
command : > nodir/f; echo $?
command -v if; command -p echo path
