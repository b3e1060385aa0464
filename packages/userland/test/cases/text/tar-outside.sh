mkdir in
cd in
echo evil > ../up
tar -Pcf a.tar ../up
rm ../up
tar -xf a.tar
ls
ls ..
echo abs > /tmp/oracle-abs.$$
tar -Pcf b.tar /tmp/oracle-abs.$$ 2>/dev/null
rm /tmp/oracle-abs.$$
tar -xf b.tar 2>/dev/null
find tmp -type f | wc -l
