touch a b c d; rm -- a; rm -fv b; rm --interactive=never c; rm -I d; ls; touch x; rm -ri nofile; rm --one-file-system x; rm -f; rm --interactive=x
mkdir -p p/q; rm -d p; rm -rfv p | sort; rm -rf no/where; touch f; rm f/; rm -f f/g; ls
