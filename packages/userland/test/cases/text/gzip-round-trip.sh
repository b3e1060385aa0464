seq 20000 > f
cp f g
gzip f
ls
gunzip -c f.gz | cmp - g && echo same
gzip -d f.gz
ls
cmp f g && echo same
for level in 1 3 6 9; do gzip -$level < g | gunzip | cksum; done
gzip -k g && ls
zcat g.gz | tail -n 1
