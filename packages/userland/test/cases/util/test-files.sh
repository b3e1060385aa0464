printf '' > e; echo > f; chmod 644 f; ln -s f l; ln -s no dl; mkdir d
for o in b c d e f g h k L p r s S u w x; do for n in e f l dl d no; do env test -$o $n; printf "$o$n$? "; done; done; echo
touch -d 2020-01-01 old; touch -d 2021-01-01 new
env test new -nt old; echo $?; env test old -ot new; echo $?; env test f -ef l; echo $?; env test no -nt f; echo $?; env test f -nt no; echo $?
env [ a = a ]; echo $?; env [ a = a; echo $?
