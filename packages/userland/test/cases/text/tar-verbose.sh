echo hello > f
ln -s f l
ln f h
chmod 644 f
touch -h -d '2021-02-03 04:05:06' f l
tar --owner=root --group=root -cf a.tar f l h
tar --numeric-owner -tvf a.tar
tar --owner=0 --group=0 --mtime='2020-01-01 00:00' -cf m.tar f
tar --numeric-owner -tvf m.tar
