/bin/printf '%d|%5d|%-5d|%05d|%+d|% d\n' 1 2 3 4 5 6
/bin/printf '%x|%X|%#x|%#o|%o|%u\n' 255 255 255 8 8 -1
/bin/printf '%d %i %d\n' 0x1f 010 -0x10
/bin/printf '%.3d|%8.3d|%-8.3d|\n' 5 6 7
/bin/printf '%d\n' abc 12x '' 99999999999999999999 -99999999999999999999
/bin/printf '%d %d\n' "'A" '"b'
