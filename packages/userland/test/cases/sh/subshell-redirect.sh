(echo a; echo b >&2) > f 2>&1; cat f
(exec > g; echo in g); echo out; cat g
