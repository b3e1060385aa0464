unset u; e=
echo "[${u-d}]" "[${u:-d}]" "[${e-d}]" "[${e:-d}]" "[${u:-}]"
