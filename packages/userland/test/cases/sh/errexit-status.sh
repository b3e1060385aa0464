sh -ec 'false; echo no'; echo $?
sh -c 'set -e; f() { return 3; }; f; echo no'; echo $?
