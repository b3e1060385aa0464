PS4='>>$((1+1)) '
set -x
echo hi
