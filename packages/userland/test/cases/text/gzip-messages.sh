t() { "$@"; echo "status $?"; }
echo hello > a
echo x > b.gz
mkdir d
t gzip nope
t gunzip nope
t gzip d
t gunzip a
t gunzip b.gz
t gzip b.gz
t gzip -t a
t zcat < a
gzip -k a
t gzip a < /dev/null
t gzip -f a
ls
