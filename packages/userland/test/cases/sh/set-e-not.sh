set -e
! { false; echo after; }
echo end
! true
echo end2
