touch a b; mkdir d d/e; touch d/f
rm a nofile
rm d
rm -f nofile
rm .
rm -r .
rm -r ..
rm -r d/.
rm -d d
rm -rf d; ls
rm -v b
