set -e
f() { false; echo in f; }
f || echo handled
if f; then echo cond; fi
f
echo not reached
