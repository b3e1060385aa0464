printf 'one two\nthree\n' > f; printf '' > e; wc f e; wc -l e; wc -w f e; wc -cl f; wc --lines --words f; wc -L e f; wc -m e f; wc f f f | tail -1; wc - < f; wc f - < e
