TZ=CET-1CEST,M3.5.0,M10.5.0/3 date -d '2024-07-01 12:00 UTC' '+%F %T %z %Z'
TZ=CET-1CEST,M3.5.0,M10.5.0/3 date -d '2024-01-01 12:00' '+%F %T %z %Z %s'
TZ=CET-1CEST,M3.5.0,M10.5.0/3 date -d '2024-03-31 01:00 UTC' '+%T %Z'
TZ=EST5EDT,M3.2.0,M11.1.0 date -d @1700000000
TZ='<+0530>-5:30' date -d @0
TZ=AEST-10AEDT,M10.1.0,M4.1.0/3 date -d @1704067200
TZ=XXX3 date -d @0 +%z; TZ=bad date -u -d @0
