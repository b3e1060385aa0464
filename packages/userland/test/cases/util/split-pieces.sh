seq 10 > f
split -l 3 f; ls; cat xaa; cat xad; rm x*; split -b 8 f p; ls; cat pab; rm p*; split -d -l 4 f n; ls; rm n*; split -n 3 f k; cat kab; rm k*; split -C 7 f c; cat caa; rm c*; split -a 3 -l 5 f z; ls; rm z*; split --additional-suffix=.t -l 5 f; ls; split -l 0 f; split no; seq 3 | split -l 2 - q; cat qab; split --verbose -l 9 f v; split -a 1 -b 1 f y; ls | wc -l
