id -u | grep -c '^[0-9]*$'; id -un | wc -l; test "$(id -un)" = "$(whoami)" && echo same
id -n; id -ug; id nosuchuser; whoami x; id -u root; id -un root; id -z
