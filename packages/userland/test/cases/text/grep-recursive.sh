mkdir -p d/sub d/skip
echo 'foo one' > d/a.txt
echo 'foo two' > d/sub/b.txt
echo 'foo three' > d/sub/c.c
echo 'foo four' > d/skip/e.txt
grep -r foo d | sort
cd d
grep -r foo | sort
grep -r foo . | sort
grep -rl --include='*.txt' foo . | sort
grep -rl --exclude='*.txt' foo . | sort
grep -rl --exclude-dir=skip foo . | sort
grep -rh foo . | sort
grep -rc foo . | sort
grep -rL three . | sort
grep -r foo a.txt
