f() { :; }; alias a=b
type f cd : if a
type nosuch_cmd; echo $?
