alias ll='echo listing'
ll
alias e='echo ' w=world
e w
alias ll; alias nosuch; echo $?
unalias ll; ll 2>/dev/null || echo gone
alias r='r2 x'; alias r2='echo r2'; r
alias loop=loop; loop 2>/dev/null; echo $?
unalias -a; alias
alias q="echo 'it'"; alias q
