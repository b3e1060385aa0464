up() { tr a-z A-Z; }
gen() { echo one; echo two; }
gen | up
gen | while read l; do echo "<$l>" | up; done
gen | gen | cat
