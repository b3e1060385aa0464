printf '123456789012345\nab cd ef gh\n\ta\tb\n' > f
fold -w 5 f; fold -s -w 6 f; fold -b -w 4 f; fold -10 f; seq -s ' ' 60 | fold; seq -s ' ' 60 | fold -s; fold -w 0 f; fold -w x f; printf abc | fold -w 2
