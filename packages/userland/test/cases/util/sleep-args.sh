sleep 0.01; sleep 0 0s; sleep 0.00001d
sleep x; sleep 1x; sleep -1; sleep ''
