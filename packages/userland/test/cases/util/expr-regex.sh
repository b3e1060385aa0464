e() { expr "$@"; echo "$?"; }
e foo.c : '\(.*\)\.c'; e /usr/lib : '.*/\(.*\)'; e aaa : 'a*'; e abc : '[a-b]*'; e abc : '^a'; e 'a+b' : 'a+b'; e aab : 'a\{2\}b'; e abab : '\(ab\)\1'; e '' : '.*'; e x : ''; e abc : '\(b\)'; e abc : 'a\|b'; e a : '\('
