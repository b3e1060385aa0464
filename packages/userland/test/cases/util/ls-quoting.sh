touch 'a b' "it's" 'tab	x' 'new
line' '$x' 'ünï'
ls; ls --quoting-style=shell; ls --quoting-style=shell-escape; ls --quoting-style=c; ls --quoting-style=escape; ls --quoting-style=shell-escape-always; ls -q; ls -b; ls -Q; ls --quoting-style=bogus
