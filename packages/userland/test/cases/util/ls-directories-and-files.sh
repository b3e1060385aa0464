mkdir a b; touch a/x b/y f g; ls a f b g; ls -1 a f; ls -d a/ b; ls a/ ; ls -R a b; ls -a a; ls -rd a b f; ls -1U a; ls ./a; ls a b nofile; echo $?; ls nofile; echo $?
