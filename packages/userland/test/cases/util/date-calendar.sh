for y in 1900 1970 1999 2000 2001 2024 2100 9999; do for m in 01 02 12; do date -u -d "$y-$m-01 +1 month -1 day" '+%F %a %j %U %W %V %G'; done; done
