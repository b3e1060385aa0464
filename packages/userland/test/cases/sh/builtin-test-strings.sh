[ a = a ] && echo 1; [ a != b ] && echo 2; [ -n x ] && echo 3; [ -z "" ] && echo 4
[ x ] && echo 5; [ "" ] || echo 6; [ ] || echo 7; [ ! "" ] && echo 8
[ -n ] && echo 9; [ = ] && echo 10; [ "(" = "(" ] && echo 11; [ ! = ! ] && echo 12
test abc '<' abd && echo 13; test b '>' a && echo 14
