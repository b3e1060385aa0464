n=name
echo x > $n.txt; cat name.txt
echo y > "$n b"; cat 'name b'
