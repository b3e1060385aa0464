printf '%s %d %i %o %u %x %X %c|\n' str 42 -7 8 9 255 255 char
printf '%5s|%-5s|%05d|%+d|% d|%.3s|%5.1f|\n' ab cd 42 5 6 abcdef 3.14159
printf '%%|%b|\n' 'a\tb\0101'
printf '%e %g %G %f\n' 12345.678 0.0001 1e10 2
printf '%*d|%-*d|%.*f|\n' 6 42 6 42 2 3.14159
printf '%#x %#o\n' 255 8
