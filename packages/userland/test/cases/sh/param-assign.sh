unset u; e=
echo "${u=one}" "$u" "${e=two}" "[$e]" "${e:=three}" "$e"
