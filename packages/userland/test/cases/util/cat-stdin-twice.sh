# stdin: "one\ntwo\n"
cat - -; echo; cat -n -
