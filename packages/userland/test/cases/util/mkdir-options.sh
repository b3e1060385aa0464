mkdir a a/b
mkdir -p x/y/z x/y
mkdir -v q
mkdir -pv m/n/o
mkdir a
mkdir no/where
mkdir -m 700 s; stat -c %a s
mkdir -m u=rwx,go= t; stat -c %a t
mkdir -m zz f
touch file; mkdir file/x; mkdir -p file/x; mkdir -p file
mkdir ''
