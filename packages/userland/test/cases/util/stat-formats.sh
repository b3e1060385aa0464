echo hello > f; chmod 644 f; touch -d '2020-01-02 03:04:05' f; ln -s f l; touch -hd @1600000000 l
stat -c '%a %A %F %h %n %N %s %x %X %y %Y %t %T|%5s|%-5s|%05s|%.3Y|%f' f l
stat -L -c '%F %s' l; stat -c %F . /dev/null; stat --printf '%n\t%s\n' f; stat -c %% f; stat -c '%n%' f
stat f | head -2 | sed 's/Blocks:.*IO/IO/'; stat l | head -1; stat f | grep Modify
stat no; stat; stat -c; : > empty; stat -c %F empty
