v='it'\''s "quoted" $x'
f() { echo "f: $1 $v"; }
export E=1
f one | cat
f two | { read l; echo "$l"; f three; }
{ f a | sort; f b; } | cat
