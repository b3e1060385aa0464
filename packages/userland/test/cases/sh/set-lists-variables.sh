zzz="it's"; set | grep '^zzz'
