printf 'hello\0world\377\n\t\200abcdefghijklmnop' > f
od f; od -c f; od -x f; od -b f; od -An -tx1 f; od -a f; od -t d1 f; od -t u2 f; od -t x4z f; od -A d f; od -A x -t x1 f; od -j 3 -N 5 -c f; od -w8 -tx1 f; od -d f; od -i f; od -s f; od -tx1 -tc f; od -t o1 -N 3 f
