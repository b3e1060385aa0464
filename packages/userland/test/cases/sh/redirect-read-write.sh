echo hello > f
exec 4<> f
read x <&4
echo "$x"
exec 4<&-
