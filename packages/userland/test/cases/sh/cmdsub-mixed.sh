x=$(echo start; ls / > /dev/null; echo mid | cat; seq 3; echo end)
echo "$x"
