printf 'a b\tc\n\ndd' > f
wc f; wc < f; wc -l f f; wc -c f; wc -w -l f; wc -L f; wc -m f; wc -lc f; wc -lwmcL f
wc nofile f; wc .; cat f | wc; cat f | wc -l; printf 'f\0f\0' | wc --files0-from=-
