cd /usr; pwd; pwd -P; PWD=/bogus; pwd
