printf 'one\ntwo ab c/d\n\nthree e E\nfour'"'"'s a.b a+b o^o\nfive\ttab\\ \001x\nsix one two ]\n' > in.txt
printf 'r1\nr2\n' > in2.txt
printf 's/one/1/\n# c\n/two/{\n s/t/T/\n}\n' > script.sed
t() { "$@"; echo "status $?"; }
t sed -l 20 -n l < in.txt
t sed -n 'l 0' < in.txt
t sed 'G;G' < in.txt
t sed "s/[aeiou]/<&>/2" < in.txt
t sed 's/\(foo\|one\)*/X/' < in.txt
