v=abc123def
echo ${v%%[0-9]*} ${v##*[!a-z]} ${v#[a-c]} ${v%[[:alpha:]]}
