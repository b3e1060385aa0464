kill -l | head -n 15; kill -l 9 143; 
kill; echo $?
kill -s NOSUCH 1; echo $?
kill abc; echo $?
kill -0 $$; echo $?
kill -0 999999 2>/dev/null; echo $?
