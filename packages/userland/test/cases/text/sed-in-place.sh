printf 'one\ntwo ab c/d\n\nthree e E\nfour'"'"'s a.b a+b o^o\nfive\ttab\\ \001x\nsix one two ]\n' > in.txt
printf 'r1\nr2\n' > in2.txt
printf 's/one/1/\n# c\n/two/{\n s/t/T/\n}\n' > script.sed
t() { "$@"; echo "status $?"; }
cp in.txt e1
cp in.txt e2
t sed -i.bak 's/one/ONE/' e1 e2
cat e1 e2 e1.bak
t sed -n -i 2p e1
cat e1
t sed -i '1i\top' e2
cat e2
t sed -i 2q e2
cat e2
printf 'no newline' > nn
t sed p nn
t sed 'a x' nn
t sed -n p nn in.txt
t sed '$!N;P;D' nn
t sed i\\x nn
t sed G nn
t sed -n 'p;p' nn
t sed = nn
