# stdin: "n\n"
echo a > a; echo b > b
cp -i a b; cat b
