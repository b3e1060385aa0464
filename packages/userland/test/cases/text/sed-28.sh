printf 'one\ntwo ab c/d\n\nthree e E\nfour'"'"'s a.b a+b o^o\nfive\ttab\\ \001x\nsix one two ]\n' > in.txt
printf 'r1\nr2\n' > in2.txt
printf 's/one/1/\n# c\n/two/{\n s/t/T/\n}\n' > script.sed
t() { "$@"; echo "status $?"; }
t sed 's/\//|/' < in.txt
t sed 's/a*\(b\)*/[\1]/' < in.txt
t sed 'y/é/e/' < in.txt
t sed -n '\%e%p' < in.txt
t sed '1s/^/\t/' < in.txt
