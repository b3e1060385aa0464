mkdir p; echo 'echo found' > p/script.inc
PATH=$PWD/p:$PATH; . script.inc
