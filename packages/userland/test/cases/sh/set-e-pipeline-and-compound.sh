set -e
{ false; } || echo a
true | false || echo b
{ echo c; false; }
echo not reached
