touch .a a~ b .b~ c; ls -A; ls -B; ls -AB; ls --ignore='*~'; ls -I b -I c; ls --hide=c; ls -f | sort; ls -a -I '.*'
