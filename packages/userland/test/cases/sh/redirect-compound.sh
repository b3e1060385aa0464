if true; then echo a; echo b; fi > f
cat f
for i in 1 2; do echo $i; done > f; cat f
case x in x) echo c;; esac >> f; cat f
(echo s) >> f; cat f
until true; do :; done > f; cat f
