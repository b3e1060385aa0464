printf 'a\naa\naaa\naaaa\nab\nabab\nababab\na{1\n' > f
grep -xE 'a{2}' f
grep -xE 'a{2,}' f
grep -xE 'a{2,3}' f
grep -xE 'a{,2}' f
grep -x 'a\{2,3\}' f
grep -xE '(ab){1,2}' f
grep -x '\(ab\)\{2\}' f
grep -xE '(a|b){4}' f
grep -E 'a{1$' f
grep -xE 'a{0}b?' f; echo $?
grep -E 'a{2,1}' f; echo $?
grep -x 'a\+' f
grep -x 'ab\?' f
grep -x 'aa\|abab' f
