cat > text <<'END'
the quick brown fox jumps over the lazy dog
the dog barks and the fox runs
END
tr -s ' ' '\n' < text | sort | uniq -c | sort -k1,1nr -k2 | head -n 4
tr 'a-z' 'A-Z' < text | cut -d ' ' -f 1-3
sed 's/\(.\)\(.*\)/\2\1/' text | tr -d ' '
grep -o '\w*o\w*' text | sort -u | xargs
cut -d ' ' -f2 text | paste -sd,
