cat <<A; cat <<B
first
A
second
B
cat <<A - <<B
only used
A
second wins
B
