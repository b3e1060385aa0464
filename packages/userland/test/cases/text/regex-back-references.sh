printf 'abab\nabba\naa\nxyzzy\nhello hello\nHello hello\nabcabcabc\n' > f
grep -x '\(ab\)\1' f
grep -E '(.)\1' f
grep -E '^(.)(.)\2\1$' f
grep -E '(\w+) \1' f
grep -iE '(\w+) \1' f
grep -xE '(abc)\1\1' f
grep -e '\(a\)\1' -e '\(z\)\1' f
sed -nE 's/(.+)\1/<\1>/p' f
grep '\(a\)\2' f; echo $?
