while getopts ab:c o -a -b val -c arg -x; do echo "$o [$OPTARG] $OPTIND"; done
echo "end $OPTIND"
