mkdir -p d/e; touch d/f; ln -s d l; ln -s nowhere dl; ln -s loop loop
p() { sed "s|$(/bin/pwd -P)|P|"; }
readlink l; readlink d; readlink dl; readlink no; readlink l dl
readlink -f l/f | p; readlink -f dl | p; readlink -f no/x | p; readlink -e dl; readlink -e l/f | p; readlink -m no/x/../y | p; readlink -f l/../l | p; readlink -f loop; readlink -f d/f/x; readlink -n l; echo; readlink -v d; readlink -z l | od -c
readlink
