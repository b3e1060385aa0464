(exec >&-; echo lost) 2>/dev/null; echo $?
