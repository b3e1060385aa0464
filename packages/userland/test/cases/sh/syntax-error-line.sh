echo one
echo two
if true; then
  echo three
  fi fi
echo four
