mkdir a b; printf '#!/bin/sh\necho from a\n' > a/tool; printf '#!/bin/sh\necho from b\n' > b/tool
chmod +x a/tool b/tool
PATH=$PWD/a:$PWD/b:$PATH; tool; chmod -x a/tool; hash -r; tool
PATH=$PWD/b:$PATH tool
