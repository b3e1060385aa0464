alias begin='if true; then' end='fi'
begin echo in; end
alias p='echo a | cat'
p
alias t='echo tail '
alias foo=bar
t foo foo
