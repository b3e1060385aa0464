echo a
return 5
echo b
