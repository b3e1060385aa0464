for d in @0 @1700000000 2024-02-29T12:34:56Z '2021-01-03 01:02:03' '1999-12-31 23:59:59.5 +0200' @-1; do
  date -u -d "$d" '+%c|%D|%e|%F|%g %G %V|%I %l %k|%j|%p %P|%r|%s|%u %w %U %W|%x %X|%y %C|%z %:z %::z %:::z|%Z|%N %3N|%-d %_d %_5m %^a %#Z %10Y|%q %Q|%h %B %A|%R %T %n%t|%%|%'
done
date -u -d @0; date -R -d @0; date -Iseconds -d @0; date -I -d @0; date -Ins -d @1.5; date --rfc-3339=seconds -d @0; date --iso-8601=hours -d @0
