printf 'abc\nxyz' | rev; echo; printf 'h\303\251\n' | rev
printf 'a\nb\nc\n' | tac; printf 'a\nb\nc' | tac; echo; printf '' | tac; printf 'axbxc' | tac -s x; echo; printf 'xaxbxc' | tac -b -s x; echo
seq 3 > f; seq 4 6 > g; tac f g; tac no; tac -s '' f | od -c | head -1
