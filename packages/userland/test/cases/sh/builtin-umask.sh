umask 022; umask; umask -S; umask 77; umask; umask u=rwx,g=rx,o=; umask; umask -S
umask 027; umask g+w; umask; umask a-x; umask
umask 9; echo $?
