trap 'echo got usr1' USR1
kill -USR1 $$
echo after
trap '' USR1; kill -USR1 $$; echo ignored
trap - USR1
trap 'echo a' TERM; trap 'echo b' TERM; kill -TERM $$; echo end
