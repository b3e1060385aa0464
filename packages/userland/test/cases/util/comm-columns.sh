printf 'a\nb\nd\n' > f; printf 'b\nc\nd\n' > g
comm f g; comm -12 f g; comm -3 f g; comm -1 f g; comm -23 f g; comm --output-delimiter=, f g; comm --total f g; comm f -  < g
printf 'b\na\n' > h; comm h f; comm --check-order h f; comm --nocheck-order h f; comm f; comm; comm f no
