touch a1 a2 b1 c1 'x]y'
echo [ab]1
echo [!a]1
echo [a-c]?
echo [[:alpha:]][[:digit:]]
echo x[]]y
echo [z-z]*
