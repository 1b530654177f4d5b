# "task profile ..." of each task in README's table of tasks: the names in its first cell, but groups, and in its last.
function names(cell, into,    count) {
    gsub(/\([^)]*\)/, "", cell)
    for (count = 0; match(cell, /`[^`]+`/); cell = substr(cell, RSTART + RLENGTH))
        into[++count] = substr(cell, RSTART + 1, RLENGTH - 2)
    return count
}
/^## / { inside = $0 == "## Tasks" }
inside && /^\| `/ {
    profile_count = names($6, profiles)
    line = ""
    for (i = 1; i <= profile_count; i++)
        line = line " " profiles[i]
    task_count = names($2, tasks)
    for (i = 1; i <= task_count; i++)
        print tasks[i] line
}
