trap 'echo no trap' EXIT
exec echo done
