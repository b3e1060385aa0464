echo a # comment
echo a#b
echo '#' "#" \#
# only a comment
echo end
