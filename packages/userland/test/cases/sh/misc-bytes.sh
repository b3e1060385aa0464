LC_ALL=C
printf 'caf\303\251\n' > f; read w < f; echo "$w" ${#w}
case $w in caf??) echo bytes;; caf?) echo chars;; esac
x=$(printf '\377\376'); printf '%s' "$x" | wc -c
