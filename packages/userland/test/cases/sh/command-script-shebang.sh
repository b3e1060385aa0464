printf '#!/bin/sh\necho "hash-bang ${0##*/} $1"\n' > s; chmod +x s
./s x; echo $?
PATH=$PWD:$PATH; s y
