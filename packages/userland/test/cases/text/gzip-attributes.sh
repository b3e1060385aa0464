echo hello > f
chmod 640 f
touch -d '2020-05-06 07:08:09' f
gzip f
stat -c '%n %a %Y' f.gz
gunzip f.gz
stat -c '%n %a %Y' f
gzip -S .z f && ls
gunzip -S .z f.z && ls
mkdir d && echo 1 > d/one && echo 2 > d/two
gzip -r d && ls d
gunzip -r d && ls d
gzip -c f | gzip -cd
gzip -cf f | zcat -f
zcat -f f
