set -e
echo "[$(echo a; false; echo b)]"
v="$(false)x" || echo failed
echo end
