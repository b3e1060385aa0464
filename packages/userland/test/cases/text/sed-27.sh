printf 'one\ntwo ab c/d\n\nthree e E\nfour'"'"'s a.b a+b o^o\nfive\ttab\\ \001x\nsix one two ]\n' > in.txt
printf 'r1\nr2\n' > in2.txt
printf 's/one/1/\n# c\n/two/{\n s/t/T/\n}\n' > script.sed
t() { "$@"; echo "status $?"; }
t sed 's/t\(w\|h\)/[\1]/' < in.txt
t sed 'bend;s/o/X/;:end' < in.txt
t sed 's/one/1/;T;s/$/!/' < in.txt
t sed --posix p < in.txt
t sed -u 2p < in.txt
