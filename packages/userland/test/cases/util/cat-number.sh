printf 'a\n\n\n\nb\n' > f
cat -n f
cat -b f
cat -s f
cat -ns f f
cat -bE f
cat --number --squeeze-blank f
