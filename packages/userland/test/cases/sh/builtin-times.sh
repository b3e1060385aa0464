times | wc -l
times | sed 's/[0-9]//g'
