for c in ls cat cp mv rm ln mkdir rmdir touch head tail wc seq date env stat chmod du df tee sleep id uname expr od dd split; do env $c --help > out; test -s out; echo "$c $?"; done
for c in ls cat cp; do env $c --version | head -1 | cut -d' ' -f1; done
