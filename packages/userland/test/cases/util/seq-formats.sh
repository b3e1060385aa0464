seq -f %03g 3; seq -f 'a%.2fb%%' 2; seq -f %e 1 3; seq -f '%5.1f|' 3
seq -f x 1; seq -f %d 1; seq -f '%f %f' 1; seq -f %03g -w 1 2; seq -f % 1
seq x; seq; seq 1 2 3 4; seq nan; seq ''
