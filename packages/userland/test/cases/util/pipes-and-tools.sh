seq 1000 | head -n 500 | tail -n 3 | tac | paste -s -d, ; seq 20 | nl | tail -n 2; ls -d /usr /tmp | wc -l; seq 5 | tee f | wc -l; cat f | rev | tac
env A=1 printenv A; basename "$(dirname /a/b/c)"; expr "$(seq 10 | wc -l)" + 1; od -An -tx1 f | head -1
