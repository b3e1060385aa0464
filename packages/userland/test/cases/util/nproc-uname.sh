nproc | grep -c '^[0-9]*$'; nproc --ignore=1000; nproc --ignore=x; nproc x; test "$(uname)" = "$(uname -s)" && echo same; uname -q
