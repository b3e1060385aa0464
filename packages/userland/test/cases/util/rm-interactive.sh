# stdin: "y\nn\n"
touch a b
rm -i a b
ls
