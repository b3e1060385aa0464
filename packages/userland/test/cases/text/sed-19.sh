printf 'one\ntwo ab c/d\n\nthree e E\nfour'"'"'s a.b a+b o^o\nfive\ttab\\ \001x\nsix one two ]\n' > in.txt
printf 'r1\nr2\n' > in2.txt
printf 's/one/1/\n# c\n/two/{\n s/t/T/\n}\n' > script.sed
t() { "$@"; echo "status $?"; }
t sed '/one/s//ONE/' < in.txt
t sed -E 's/(o)(n)(e)/\3\2\1/' < in.txt
t sed 's/\(o\)\(n\)/\2\1/' < in.txt
t sed 's,/,|,g' < in.txt
t sed '\,one,d' < in.txt
