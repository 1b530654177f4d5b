while read -r line; do
    case $line in
    *'"input":"dies'*) echo 'Traceback: the grader has a fault' >&2; exit 3 ;;
    *'"input":"hangs'*) sleep 60 ;;
    *'"input":"rubbish'*) echo 'I think it is right' ;;
    *'"input":"range'*) echo '{"score": 1.5}' ;;
    *'"input":"word'*) echo '{"score": "1"}' ;;
    *'"input":"says'*) echo '{"error": "there is no such target"}' ;;
    *) echo '{"score": 1}' ;;
    esac
done
