trap 'echo outer' EXIT
(trap 'echo inner' EXIT; echo body)
echo between
