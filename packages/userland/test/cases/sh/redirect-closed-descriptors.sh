echo three >&3; echo $?
exec 3>f; echo x >&3; exec 3>&-; cat f
echo y >&3; echo $?
{ echo z >&3; } 3>g; cat g
echo w >&3; echo $?
cat <&4; echo $?
