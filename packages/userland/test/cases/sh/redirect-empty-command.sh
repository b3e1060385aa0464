> empty
ls empty
< empty; echo $?
< missing_file; echo $?
