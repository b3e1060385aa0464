printf hello | base64; printf hell | base64; printf hel | base64; printf '' | base64; seq 100 | base64; seq 100 | base64 -w 20 | head -2; printf hello | base64 -w 0; echo
printf 'aGVsbG8=\n' | base64 -d; echo; seq 100 | base64 | base64 -d | cksum; printf 'aGVs!bG8=' | base64 -d; echo; printf 'aGVs!bG8=' | base64 -di; echo; base64 no; base64 -w x
