echo a;echo b;
echo c&wait
{ echo d;}
(echo e;);(echo f)
if true;then echo g;fi
for i in 1;do echo h;done
while ! true;do :;done;echo i
