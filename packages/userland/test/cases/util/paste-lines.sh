seq 3 > f; seq 4 5 > g
paste f g; paste -d , f g; paste -s f g; paste -d ':;' f g f; seq 6 | paste - - ; seq 6 | paste -d '\n\0' - - -; paste -s -d '+' f; paste f no; paste -d '\' f; printf 'a\nb' | paste - f
