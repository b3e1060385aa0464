printf 'b 2\na 10\nc 1\na 9\nB 3\n\n  d 4\nfoo:x:3\nA 10\nb 2\nzz top\naa' > s.txt
printf '10\n9\n-3\n1.5\n1.25\n0\n-0\n+4\n1e3\n007\nabc\n\n 8\n1000\n-10\n-1.5\n.5\ninf\nnan\n9\n' > n.txt
printf '1K\n2M\n512\n1G\n3k\n1.5K\n-1K\n0\n' > h.txt
printf 'v1.10\nv1.9\nv1.2.3\nfoo-1.tar.gz\nfoo-1.10.tar.gz\nfoo-1.2.tar.gz\na~\na\n.b\n1.0~rc1\n1.0\n1.0a\n01\n1\n' > v.txt
printf 'MAR\njan 3\nDec\nfoo\nfeb\n  Jun\n' > m.txt
printf 'x:30:q\ny:4:r\nabc:4:a\n:5:\nlast\n' > c.txt
printf 'a 1\na 1\nA 1\nb 2\nc 3\nc 3\nc 4\nd 3\n\n\ne' > u.txt
mkdir sub
t() { "$@"; echo "status $?"; }
t sort < s.txt
t sort -r < s.txt
t sort -n < s.txt
t sort -k2 < s.txt
t sort -k2,2 -k1,1 < s.txt
