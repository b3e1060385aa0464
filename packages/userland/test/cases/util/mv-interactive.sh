# stdin: "n\ny\n"
echo a > a; echo b > b; echo c > c
mv -i a b; cat b; mv -i a c; cat c; ls
