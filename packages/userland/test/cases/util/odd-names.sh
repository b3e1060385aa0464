touch -- -a '-b c' '*' 'x
y'
ls; ls -- -a; rm -- -a; rm ./'-b c'; cat 'a b'; ls 'no
pe'; rm "no'pe" 'no"pe'"'"; mv 'x
y' z; ls; rm '$x' 'a b' '\'
