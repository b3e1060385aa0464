mkdir -p a/b
cd a; basename "$PWD"; cd b; basename "$(pwd)"; cd ..; basename "$PWD"; cd - > /dev/null; basename "$PWD"
cd /; pwd; cd usr; pwd; cd ./../usr/.; pwd; cd //; pwd
cd /nonexistent_q; echo $?; pwd
HOME=/usr; cd; pwd
cd /bin/..//usr; pwd
