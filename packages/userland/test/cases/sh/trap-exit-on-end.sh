trap 'echo end' 0
false
