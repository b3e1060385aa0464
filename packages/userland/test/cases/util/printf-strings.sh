/bin/printf '%s|%5s|%-5s|%.2s|%c|%b\n' a ab cd efg xyz 'a\tb'
/bin/printf '%*d|%.*f|%-*s|\n' 5 42 2 3.14159 6 ab
/bin/printf '%q %q %q %q\n' 'a b' "it's" '' 'x'
/bin/printf '%s %s\n' a b c
/bin/printf 'a\n' b c
/bin/printf '%%|%5%|\n'
