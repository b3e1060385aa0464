printf 'abc\ndef\n' > p
printf 'abc\ndxf\n' > q
printf 'abc\n' > r
: > e
printf 'abc\nde' > s
printf 'abc\ndefg' > u
t() { "$@"; echo "status $?"; }
md5sum p q > l
sha256sum p > l2
t md5sum -c l
echo x >> q
t md5sum -c l
rm -f gone
sed 's/ q/ gone/' l > l3
t md5sum -c l3
echo bad > l4
t md5sum -c l4
cat l4 l > l5
t md5sum -c l5
t md5sum --quiet -c l
t md5sum --status -c l
t sha256sum --tag p
sha256sum --tag p | t sha256sum -c
t md5sum -b p
t md5sum nope
t md5sum . 
t md5sum < p
t md5sum -w -c l5
t md5sum --ignore-missing -c l3
t md5sum --strict -c l5
t sha1sum -z p
touch 'a\b'
t md5sum 'a\b'
t md5sum --quiet p
