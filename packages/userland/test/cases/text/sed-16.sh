printf 'one\ntwo ab c/d\n\nthree e E\nfour'"'"'s a.b a+b o^o\nfive\ttab\\ \001x\nsix one two ]\n' > in.txt
printf 'r1\nr2\n' > in2.txt
printf 's/one/1/\n# c\n/two/{\n s/t/T/\n}\n' > script.sed
t() { "$@"; echo "status $?"; }
t sed 'n;d' < in.txt
t sed '$!n;s/e/E/' < in.txt
t sed = < in.txt
t sed -s -n '$p' in.txt in.txt
t sed -n '$p' in.txt in.txt
