mkdir -p a/b/c x; touch x/f
rmdir a
rmdir -p a/b/c; ls
rmdir x
rmdir --ignore-fail-on-non-empty x
rmdir nofile
rmdir x/f
mkdir -p p/q; rmdir -pv p/q
