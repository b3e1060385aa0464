printf 'one\ntwo ab c/d\n\nthree e E\nfour'"'"'s a.b a+b o^o\nfive\ttab\\ \001x\nsix one two ]\n' > in.txt
printf 'r1\nr2\n' > in2.txt
printf 's/one/1/\n# c\n/two/{\n s/t/T/\n}\n' > script.sed
t() { "$@"; echo "status $?"; }
t sed 'a hello\nworld' < in.txt
t sed 'a\  hello\tw' < in.txt
t sed 'i\
  two
' < in.txt
t sed '$!d;a\foo\
bar' < in.txt
t sed 's/b/\x26/' < in.txt
