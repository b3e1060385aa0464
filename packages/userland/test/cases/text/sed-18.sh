printf 'one\ntwo ab c/d\n\nthree e E\nfour'"'"'s a.b a+b o^o\nfive\ttab\\ \001x\nsix one two ]\n' > in.txt
printf 'r1\nr2\n' > in2.txt
printf 's/one/1/\n# c\n/two/{\n s/t/T/\n}\n' > script.sed
t() { "$@"; echo "status $?"; }
t sed 's/É/e/I' < in.txt
t sed 's/./X/2' < in.txt
t sed 's/[^a]/X/g' < in.txt
t sed '/^$/d' < in.txt
t sed '//p' < in.txt
