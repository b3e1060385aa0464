/usr/bin/printf '%s|%5s|%-5s|%.2s|%c|%b\n' a ab cd efg xyz 'a\tb'
/usr/bin/printf '%*d|%.*f|%-*s|\n' 5 42 2 3.14159 6 ab
/usr/bin/printf '%q %q %q %q\n' 'a b' "it's" '' 'x'
/usr/bin/printf '%s %s\n' a b c
/usr/bin/printf 'a\n' b c
/usr/bin/printf '%%|%5%|\n'
