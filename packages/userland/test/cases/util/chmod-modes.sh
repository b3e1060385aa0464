touch f; chmod 644 f
for m in 644 u+x go-w a=r u=rwx,go= +x -w g=u o+t u+s 4755 u-s,g+s = a+X 700 a+X ug=o u=g,o=u +t 0 go+rw-x; do chmod $m f; stat -c "%a %A $m" f; done
