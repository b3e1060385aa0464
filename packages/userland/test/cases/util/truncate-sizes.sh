for s in 10 +5 -3 '<8' '>20' /8 %7 1K; do truncate -s "$s" f; stat -c %s f; done
truncate -r f g; stat -c %s g; truncate -c -s 5 no; ls no; truncate -s x f; truncate f; truncate -s 5; truncate -s 0 f; stat -c %s f
