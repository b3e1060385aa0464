printf 'a\n\nb\n\\:\\:\\:\nh\n\\:\\:\nbody\n\\:\nfoot\n' > f
nl f; nl -ba f; nl -bn f; nl -w 3 -s '> ' f; nl -n ln f; nl -n rz f; nl -v 10 -i 5 f; nl -ba -l 2 f; nl -ha -fa f; nl -b x f; nl -p f; nl no
