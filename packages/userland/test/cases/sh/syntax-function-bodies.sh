a() { echo 1; } ; b() ( echo 2 ); c() for i in 3; do echo $i; done
d() case x in x) echo 4;; esac
e() if true; then echo 5; fi
a; b; c; d; e
f () { echo 6; }; f
g()
{
echo 7
}
g
