printf 'one\ntwo ab c/d\n\nthree e E\nfour'"'"'s a.b a+b o^o\nfive\ttab\\ \001x\nsix one two ]\n' > in.txt
printf 'r1\nr2\n' > in2.txt
printf 's/one/1/\n# c\n/two/{\n s/t/T/\n}\n' > script.sed
t() { "$@"; echo "status $?"; }
t sed 's/b*/x/2' < in.txt
t sed -n 's/one/&&/p' < in.txt
t sed 'y/abc/xyz/' < in.txt
t sed 'y/o\n/p\t/' < in.txt
t sed '2q' < in.txt
