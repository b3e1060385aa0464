echo; echo -n no newline; echo; echo 'a\tb\nc' 'd\\e' '\0101\060'
echo 'x\cy' z; echo next
echo -e a; echo -- b; echo "" " "
