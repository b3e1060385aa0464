n=$(printf '%0300d' 0); touch $n; echo $?; mkdir $n 2>&1 | tail -c 20; n=$(printf '%0255d' 0); touch $n; ls | wc -c
