printf 'one\ntwo ab c/d\n\nthree e E\nfour'"'"'s a.b a+b o^o\nfive\ttab\\ \001x\nsix one two ]\n' > in.txt
printf 'r1\nr2\n' > in2.txt
printf 's/one/1/\n# c\n/two/{\n s/t/T/\n}\n' > script.sed
t() { "$@"; echo "status $?"; }
t sed '/two/!s/e/E/' < in.txt
t sed '2{s/t/T/;s/o/O/}' < in.txt
t sed '1d;n;p' < in.txt
t sed 's/\bt/T/g' < in.txt
t sed 's/\s\+/_/g' < in.txt
