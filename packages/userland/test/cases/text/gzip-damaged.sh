t() { "$@"; echo "status $?"; }
seq 1000 | gzip -n > ok.gz
size=$(wc -c < ok.gz)
head -c $((size - 10)) ok.gz > cut.gz
head -c $((size - 8)) ok.gz > crc.gz
printf '\0\0\0\0\0\0\0\0' >> crc.gz
cp ok.gz tail.gz
echo junk >> tail.gz
cp ok.gz zeros.gz
head -c 100 /dev/zero >> zeros.gz
t gzip -t ok.gz
t gzip -t cut.gz
t gzip -t crc.gz
t gzip -t tail.gz
t gzip -t zeros.gz
gunzip -c tail.gz 2>/dev/null | cksum
head -c 5 ok.gz | t gunzip
: | t gunzip
cat ok.gz ok.gz | gunzip | wc -l
