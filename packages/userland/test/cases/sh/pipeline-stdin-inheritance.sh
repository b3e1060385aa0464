printf 'first\nsecond\nthird\n' > f
{ read a; cat; echo "a=$a"; } < f
exec < f
read x; echo $x
cat
