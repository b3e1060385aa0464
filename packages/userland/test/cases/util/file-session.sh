mkdir -p p/q; cd p; for i in 3 1 2; do echo $i > f$i; done; cat f? | tac | paste -sd+ ; cp f1 q; mv f2 q/; ln -s q/f1 l; cat l; ls -F; ls -R; rm -r q; cat l; ls; cd ..; rmdir p; rm -rf p; ls
