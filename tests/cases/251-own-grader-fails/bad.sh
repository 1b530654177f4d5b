# $1: a task file's grader; the rest of the file is as in task.json.
sed "s|\"grader\": .*|\"grader\": $1,|" task.json > bad.json
