set -o errexit; set -o | grep errexit; set +o errexit; set -o | grep errexit
set -o nosuch; echo not reached
