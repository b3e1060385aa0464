f() { echo out; echo err >&2; } > ff 2>&1
f; cat ff
f > other; cat other
