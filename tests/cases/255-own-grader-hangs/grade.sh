while read -r line; do
    case $line in *'"input":"hangs'*) if test -e hang; then echo $$ >>pids; exec sleep 600; fi ;; esac
    echo '{"score": 1}'
done
