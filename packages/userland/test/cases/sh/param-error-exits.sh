echo before
echo ${unset_one:?must be set}
echo after
