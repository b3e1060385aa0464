set -- a b c; shift; echo $*; shift 2; echo $#; shift 0; echo $#
set -- a; shift 2; echo not reached
