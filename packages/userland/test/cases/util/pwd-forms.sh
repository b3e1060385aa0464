mkdir d; ln -s d l; cd l
/usr/bin/pwd -P | sed 's|.*/||'
/usr/bin/pwd -L | sed 's|.*/||'
/usr/bin/pwd | sed 's|.*/||'
/usr/bin/pwd -q
