printf 'a\\ b c\nd\\\ne f\n' | { read x y; echo "[$x][$y]"; read z; echo "[$z]"; }
printf 'a\\ b\\n c\n' | { read -r x y; echo "[$x][$y]"; }
