mkdir -p d/e; touch d/f; ln -s d/e l; ln -s no dl
p() { sed "s|$(/bin/pwd -P)|P|"; }
realpath d l d/../d/f | p; realpath no | p; realpath no/x; realpath -e no; realpath -m no/x/.. | p; realpath -s l | p; realpath --relative-to=d l . d/f; realpath --relative-to=/ /usr; realpath -L l/.. | p; realpath l/.. | p; realpath -q no/x; realpath
