if
true
then
echo a
else
echo b
fi
for i
in
do echo no
done
case
x
in
x)
echo c
;;
esac 2>/dev/null
{
echo d
}
(
echo e
)
true &&

echo f
false ||
echo g
echo h |

cat
