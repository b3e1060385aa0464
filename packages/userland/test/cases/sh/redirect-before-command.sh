> f echo first
cat f
2>/dev/null ls /nonexistent_y; echo $?
