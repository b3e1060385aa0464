printf 'one\ntwo ab c/d\n\nthree e E\nfour'"'"'s a.b a+b o^o\nfive\ttab\\ \001x\nsix one two ]\n' > in.txt
printf 'r1\nr2\n' > in2.txt
printf 's/one/1/\n# c\n/two/{\n s/t/T/\n}\n' > script.sed
t() { "$@"; echo "status $?"; }
t sed 's/o/y/w /dev/stdout' < in.txt
t sed -E 's/(x)/\1\1/;}' < in.txt
t sed -n '2,4p' < in.txt
t sed -n '/one/,/three/p' < in.txt
t sed -n '2,+2p' < in.txt
