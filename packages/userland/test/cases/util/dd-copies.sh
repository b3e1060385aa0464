seq 100 > f
dd if=f of=g 2>/dev/null; cmp f g && echo same
dd if=f bs=10 count=2 status=none; dd if=f bs=1 skip=5 count=4 status=none; dd if=f ibs=7 obs=20 of=h status=noxfer; cmp f h && echo same
printf abcdef > k; printf XY | dd of=k bs=1 seek=2 conv=notrunc status=none; cat k; echo
printf abc | dd conv=ucase status=none; echo; printf abcd | dd conv=swab status=none; echo; printf abc | dd ibs=5 conv=sync status=none | od -c
dd if=no; dd bs=x; dd foo=1; dd conv=zz; dd if=f bs=1K count=1 iflag=fullblock status=none | cksum; dd if=f of=s bs=10 seek=3 count=1 status=none; stat -c %s s
