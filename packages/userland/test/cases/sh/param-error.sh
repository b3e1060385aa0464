(echo ${u?}); echo $?
(echo ${u?custom message}); echo $?
e=
(echo ${e:?null here}); echo $?
echo ${e?fine}ok
