head -c 100 /dev/zero | od; head -c 100 /dev/zero | od -v -An | wc -l; od no; od -t q /dev/null; printf '' | od; printf a | od
