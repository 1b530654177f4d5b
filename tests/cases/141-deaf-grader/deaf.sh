exec <&-
sleep 1
