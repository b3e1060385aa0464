echo `echo \$HOME | wc -c` `echo '\\'` `echo \\\\`
x=5; echo `echo $x` `echo \`echo nested $x\``
echo "`echo "q"`"
