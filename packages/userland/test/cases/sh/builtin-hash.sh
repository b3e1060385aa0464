hash; ls > /dev/null; hash | grep -c ls; hash -r; hash
hash nosuch_cmd; echo $?
