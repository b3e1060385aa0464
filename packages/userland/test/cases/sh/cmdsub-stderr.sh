x=$(ls /nonexistent_dir_x 2>&1 >/dev/null | wc -l); echo $x
