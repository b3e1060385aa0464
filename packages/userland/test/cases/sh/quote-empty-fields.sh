set -- '' "" ''a
echo $#
set -- "$nothing" $nothing
echo $#
