HOME=/home/me
echo ~ ~/x "~" \~ a~ ~/ 
x=~/bin:~/lib; echo $x
y=a:~; echo "$y"
echo ${z:-~/d}
case ~ in /home/me) echo match;; esac
