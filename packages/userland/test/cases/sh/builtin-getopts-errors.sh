getopts a o -z; echo "$o $OPTIND [$OPTARG] $?"
OPTIND=1
getopts b: o -b; echo "$o [$OPTARG] $?"
OPTIND=1
getopts :b:a o -b; echo "$o [$OPTARG]"
getopts :a o -q; echo "$o [$OPTARG]"
OPTIND=1
getopts :a o -q; echo "$o [$OPTARG]"
