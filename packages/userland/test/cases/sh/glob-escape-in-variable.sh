touch ab
p='a\b'; echo $p
p='\*'; echo $p
case 'a*' in a\*) echo lit;; esac
q='a\*'; case 'a*' in $q) echo var;; esac
