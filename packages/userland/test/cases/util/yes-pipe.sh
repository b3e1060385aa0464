yes | head -2; yes a b | head -3; yes '' | head -2; yes | head -c 100000 | cksum
