/usr/bin/printf
/usr/bin/printf '%z\n' 1
/usr/bin/printf '\xzz'
/usr/bin/printf '%d\n' 1 x 2
