sh -o errexit -c 'false; echo no'; echo $?
sh +e -c 'false; echo yes'
sh -eu -c 'echo $-' | grep -c e
sh -Q; echo $?
