printf 'a\nb\n' | tee nodir/f g; echo $?; cat g; printf x | tee /dev/null; echo; printf y | tee -a g > /dev/null; cat g; echo; tee < /dev/null; seq 10000 | tee h | cksum; cksum < h
