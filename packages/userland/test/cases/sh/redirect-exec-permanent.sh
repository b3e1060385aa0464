exec > out.txt
echo captured
exec >&2
cat out.txt >&2
