yes | head -n 2
i=0; while :; do echo line; done | head -n 1
seq 100000 | head -n 1
{ seq 100000; echo end >&2; } | head -n 1
