echo x > nodir/file || echo failed
true > nodir/file; echo $?
