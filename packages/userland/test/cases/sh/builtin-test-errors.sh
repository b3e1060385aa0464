[ a b ]; echo $?
[ a b c ]; echo $?
[ 1 = 1; echo $?
test 1 2 3 4 5; echo $?
