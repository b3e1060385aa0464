case x in x) echo a;; x) echo b;; esac
case y in x) echo a;; esac; echo $?
case "a b" in "a b") echo quoted;; esac
case abc in a|b) echo no;; a*|b*) echo alt;; esac
case x in (x) echo paren;; esac
case '' in '') echo empty;; esac
case x in x) ;; esac; echo $?
case x in x) false;; esac; echo $?
v=star; case '*' in $v) echo no;; "*") echo yes;; esac
case esac in esac) echo bad;; esac 2>/dev/null || echo x
