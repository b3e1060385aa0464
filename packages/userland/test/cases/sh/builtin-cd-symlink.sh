mkdir real real/sub; ln -s real link
cd link/sub; pwd | sed 's|.*/link|link|'; cd ..; pwd | sed 's|.*/||'
cd ..; cd -P link; pwd | sed 's|.*/||'; pwd -P | sed 's|.*/||'
cd ..; cd link; pwd -P | sed 's|.*/||'; pwd -L | sed 's|.*/||'
