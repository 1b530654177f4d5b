while read -r line; do
    case $line in
    *'"input":"hangs'*)
        if test -e hang; then
            while ! test -e done; do sleep 0.1; done
            echo $$ >>pids
            sleep 600
        fi ;;
    esac
    echo '{"score": 1}'
    touch done
done
