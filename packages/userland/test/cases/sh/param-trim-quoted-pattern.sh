p='a*b*c'
echo "${p#a\*}" "${p%"*c"}" "${p#'a*'}" "${p##*\*}"
pat='a?'
echo ${p#$pat} "${p#"$pat"}"
