cat > text <<E
the quick brown fox jumps over the lazy dog the end
E
tr ' ' '\n' < text | sort | uniq -c | sort -rn | head -n 1 | while read n w; do echo "$w $n"; done
