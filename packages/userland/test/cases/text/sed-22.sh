printf 'one\ntwo ab c/d\n\nthree e E\nfour'"'"'s a.b a+b o^o\nfive\ttab\\ \001x\nsix one two ]\n' > in.txt
printf 'r1\nr2\n' > in2.txt
printf 's/one/1/\n# c\n/two/{\n s/t/T/\n}\n' > script.sed
t() { "$@"; echo "status $?"; }
t sed 's/e$/E/;s/^t/T/' < in.txt
t sed 'x;G;s/\n/|/' < in.txt
t sed 'D' < in.txt
t sed 'W /dev/stdout' < in.txt
t sed 'z;s/^$/empty/' < in.txt
