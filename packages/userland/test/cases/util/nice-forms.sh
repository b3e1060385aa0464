# The tests themselves may run at another niceness.
renice -n 0 -p $$ > /dev/null 2>&1
nice; nice nice; nice -n 5 nice; nice -7 nice; nice --adjustment=3 nice; nice -n 5 nice -n 4 nice; nice -n 100 nice; nice -n +2 nice; nice -n 0 nice
nice -n x true; echo $?; nice nosuch; echo $?; nice sh -c 'exit 3'; echo $?; nice -n 5; echo $?; nice -n 1 sh -c 'nice -n 1 sh -c "nice; nice -2 nice"'
