printf 'a]b\na-b\na\\b\na[b\nA1_\n\303\251t\303\251\n\tx\na.b\n' > f
grep -n '[]]' f
grep -n 'a[^]]b' f
grep -n 'a[-x]b' f
grep -n 'a[x-]b' f
grep -n 'a[\]b' f
grep -n 'a[[]b' f
grep -n '[[:upper:]][[:digit:]]_' f
grep -n '[[:blank:]]' f
grep -no '[[:alpha:]]*' f
grep -n '^.t.$' f
grep -n '[[.-.]]' f
grep -n '[[=a=]][.]' f
grep -n '[^[:print:]]' f
LC_ALL=C grep -c '^.t.$' f
