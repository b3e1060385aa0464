/bin/printf
/bin/printf '%z\n' 1
/bin/printf '\xzz'
/bin/printf '%d\n' 1 x 2
