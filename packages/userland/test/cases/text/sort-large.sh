seq 30000 | sort -R | sort -n | cksum
seq 30000 | sort -r | sort | cksum
seq 30000 | sort -k1.2 | cksum
seq 30000 | sed 's/\(.\)\(.*\)/\2:\1/' | sort -t: -k2,2n -k1,1nr | cksum
seq 2000 | sed 's/$/ x/' | sort -u -k2 
yes | head -n 50000 | sort | uniq -c
