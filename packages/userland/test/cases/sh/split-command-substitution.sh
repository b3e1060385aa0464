for w in $(echo a b; echo "c d"); do echo "[$w]"; done
for w in "$(echo a b)"; do echo "[$w]"; done
