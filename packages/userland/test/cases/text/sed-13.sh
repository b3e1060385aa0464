printf 'one\ntwo ab c/d\n\nthree e E\nfour'"'"'s a.b a+b o^o\nfive\ttab\\ \001x\nsix one two ]\n' > in.txt
printf 'r1\nr2\n' > in2.txt
printf 's/one/1/\n# c\n/two/{\n s/t/T/\n}\n' > script.sed
t() { "$@"; echo "status $?"; }
t sed '1!G;h;$!d' < in.txt
t sed ':a;s/^\(\s*\)o/\1X/;ta' < in.txt
t sed -e ':a' -e '$!{N;ba' -e '}' -e 's/\n/ /g' < in.txt
t sed 's/o/0/2' < in.txt
t sed 's/o/0/2g' < in.txt
