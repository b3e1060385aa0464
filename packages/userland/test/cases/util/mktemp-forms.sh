a=$(mktemp xXXX); ls x??? | wc -l; stat -c %a "$a"
d=$(mktemp -d dXXXXXX); stat -c '%a %F' "$d"
f=$(mktemp -p . --suffix=.txt abXXXX); case $f in ./ab????.txt) echo ok;; *) echo "$f";; esac
mktemp xX; mktemp abc; mktemp no/aXXX; mktemp -u fXXXXX | wc -c; mktemp a b; mktemp --suffix=x aXXXb
