date a b
date foo
date -d
date -r nofile
date --iso-8601=xx
touch -d '2020-02-03 04:05:06' f; date -r f +%F
printf '@0\n@86400\n' > list; date -u -f list +%F
