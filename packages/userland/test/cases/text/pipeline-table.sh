cat > t.csv <<'END'
id,name,amount
3,carol,12.50
1,alice,7
2,bob,100
10,dave,-3
END
tail -n +2 t.csv | sort -t, -k1,1n
tail -n +2 t.csv | sort -t, -k3,3gr | cut -d, -f2
sed 1d t.csv | sort -t, -k2r | sed -E 's/^([^,]*),([^,]*),(.*)$/\2: \3 (#\1)/'
sed -n '2,$s/,.*//p' t.csv | sort -n | tail -n 1
tr ',' '\t' < t.csv | cut -f 2,3
