unset u; e=; s=x
echo "[${u+a}]" "[${u:+a}]" "[${e+a}]" "[${e:+a}]" "[${s+a}]" "[${s:+a b}]"
