dirname /a/b a // /a a/b/ a//b ''
dirname -z a/b | od -c
dirname
