e() { expr "$@"; echo "$?"; }
e abc : 'a.*'; e abc : 'b'; e abc : 'a\(.\)'; e abc : 'x\(.\)'; e length hello; e substr hello 2 3; e substr hello 0 3; e substr hello 9 1; e index hello lo; e index hello x; e match abcd 'ab'; e + length; e length; e 'h€llo' : '.*'; e substr h€llo 2 1; e length h€llo
e a b; e '(' 1; e ')'; e 1 +; expr
