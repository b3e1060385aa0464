echo start
echo $((1+))
echo end
