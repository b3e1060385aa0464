echo a > a; ln a b; stat -c %h b
ln a b
ln -f a b
ln nofile x
mkdir d; ln d e
ln -v a d
ln -t d b; ls d
ln a a
ln a b c d2
