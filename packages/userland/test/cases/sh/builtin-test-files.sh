touch f; mkdir d; echo x > s; ln -s f l; ln -s none broken; chmod 755 s
[ -e f ] && echo e; [ -f f ] && echo f; [ -d d ] && echo d; [ -s s ] && echo s; [ -s f ] || echo empty
[ -L l ] && echo L; [ -h broken ] && echo h; [ -e broken ] || echo nobroken
[ -x s ] && echo x; [ -r f ] && echo r; [ -w f ] && echo w; [ -c /dev/null ] && echo c
[ -d f ] || echo notdir; [ f -ef l ] && echo ef; [ -e '' ] || echo emptyname
