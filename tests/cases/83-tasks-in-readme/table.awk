# "task profile ... chance" of each task in README's table of tasks: the names in its first cell, but groups, and in its
# last, and what is right by chance: one figure for all, or one each.
function names(cell, into,    count) {
    gsub(/\([^)]*\)/, "", cell)
    for (count = 0; match(cell, /`[^`]+`/); cell = substr(cell, RSTART + RLENGTH))
        into[++count] = substr(cell, RSTART + 1, RLENGTH - 2)
    return count
}
function percents(cell, into,    count) {
    for (count = 0; match(cell, /[0-9.]+ %/); cell = substr(cell, RSTART + RLENGTH))
        into[++count] = substr(cell, RSTART, RLENGTH - 2) "%"
    return count
}
/^## / { inside = $0 == "## Tasks" }
inside && /^\| `/ {
    profile_count = names($6, profiles)
    percent_count = percents($5, chances)
    line = ""
    for (i = 1; i <= profile_count; i++)
        line = line " " profiles[i]
    task_count = names($2, tasks)
    for (i = 1; i <= task_count; i++)
        print tasks[i] line, percent_count == 1 ? chances[1] : chances[i]
}
