echo 'a  b' 'it'"'"'s' '\n $x `ls`'
