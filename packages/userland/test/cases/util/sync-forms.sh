echo a > f; sync; sync f; sync -d f; sync no; echo $?
