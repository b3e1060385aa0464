printf 'h\303\251llo w\342\202\254\n\344\270\255\n' > f
wc -m f; wc -c f; wc -L f; wc -w f; LC_ALL=C wc -m f
printf 'bad\377\376 x\n' | wc -m
printf 'a\tb\n12345\n\v\f x\r y\n' | wc -L -w
