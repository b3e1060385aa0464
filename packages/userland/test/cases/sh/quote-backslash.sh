echo a\ b \'x\' \"y\" \\ \a
echo one\
two
