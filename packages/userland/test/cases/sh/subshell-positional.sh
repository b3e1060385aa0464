set -- a b
(shift; echo $1; set -- z); echo $1
