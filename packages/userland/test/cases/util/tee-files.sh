echo hi | tee a b; cat a b
echo x | tee -a a; cat a
echo q | tee no/f; echo $?
echo z | tee - > o; cat o ./-
