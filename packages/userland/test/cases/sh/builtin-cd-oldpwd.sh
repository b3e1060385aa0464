cd /usr; cd /; echo $OLDPWD $PWD; cd -; echo $PWD
