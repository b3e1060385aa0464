true && echo a; false && echo b; true || echo c; false || echo d
false && echo x || echo y
true || echo x && echo z
! true; echo $?; ! false; echo $?
! false && echo neg
false || false || echo third
true && { false || echo nested; }
