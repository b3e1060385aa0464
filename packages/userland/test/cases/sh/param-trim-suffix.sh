p=/usr/local/lib/file.tar.gz
echo ${p%.gz} ${p%.*} ${p%%.*} ${p%/*} ${p%%/*}end
