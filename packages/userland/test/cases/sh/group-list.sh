{ echo a; echo b; }
{ echo c; } | cat
{ false; echo $?; }
{ echo x; exit 3; } | cat; echo $?
