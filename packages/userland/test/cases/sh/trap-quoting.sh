trap "echo 'it''s' \"x\"" EXIT
trap
