mkdir d; ln -s d l; cd l
/bin/pwd -P | sed 's|.*/||'
/bin/pwd -L | sed 's|.*/||'
/bin/pwd | sed 's|.*/||'
/bin/pwd -q
