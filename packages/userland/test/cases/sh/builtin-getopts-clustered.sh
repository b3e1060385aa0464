set -- -abval -c -- -x rest
while getopts ab:c o; do echo "$o [$OPTARG]"; done
shift $((OPTIND-1)); echo "$@"
