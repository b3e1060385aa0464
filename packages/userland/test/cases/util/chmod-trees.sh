mkdir -p d/e; touch d/e/f; chmod 644 d/e/f
chmod -R 700 d; stat -c '%a %n' d d/e d/e/f
chmod -v 755 d; chmod -c 755 d d/e; chmod -Rv u+X d | sort; chmod -R a=rX d; stat -c '%a %n' d/e d/e/f; chmod -R u+w d
chmod 2755 d; chmod 755 d; stat -c %a d; chmod 00755 d; stat -c %a d
touch g; chmod 640 g; chmod --reference=g d; stat -c %a d
chmod zz f; chmod 99 g; chmod 644 no; chmod; chmod u+; ln -s no dl; chmod 644 dl
