env -i A=1 sh -c 'echo $A "$HOME"'
FOO=bar sh -c 'echo $FOO'; echo "[$FOO]"
X= sh -c 'echo "[${X-unset}]"'
