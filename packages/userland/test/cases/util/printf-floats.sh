/bin/printf '%f %e %g %.3f %.10g %G\n' 1.5 12345.678 0.0001 2.0005 3.141592653589793 1e-10
/bin/printf '%10.2f|%-10.1e|%+f|%010.3f\n' 3.14159 9.99 2 -1.5
/bin/printf '%.20f %.25g\n' 0.1 0.3
/bin/printf '%a %A\n' 1 0.5
/bin/printf '%f %e %g\n' inf -inf nan
/bin/printf '%g %g %g %g\n' 100000 1000000 0.0001 0.00001
/bin/printf '%#g %#.0f %g\n' 1 2 0
/bin/printf '%e\n' 1e4000 1e-4000
/bin/printf '%.0f %.0f %.0f %.0f\n' 0.5 1.5 2.5 3.5
