mkdir -p d/e; touch d/e/g
rm -rv d
mkdir x; rm -dv x
