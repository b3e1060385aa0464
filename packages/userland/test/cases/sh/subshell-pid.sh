a=$$; b=$(echo $$); (c=$$; [ $a = $b ] && [ $a = $c ] && echo same)
