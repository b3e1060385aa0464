mkdir -p d/e; head -c 10000 /dev/zero > d/f; head -c 100 /dev/zero > d/e/g; echo x > d/e/h
du -b --apparent-size d/f d/e/g; du -ab d/f; du -h --apparent-size d/f; du nofile; du -s -d 2 d; du -sa d; du -d x
