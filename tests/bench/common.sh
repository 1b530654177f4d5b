# common.sh: what `run` and `peers` share: where things are, a server to ask, medians, rows of a table. To be sourced.
#
# Measurements of one thing are lines of one file (measure.c says what stands in them), in the working folder $work.

WALL=1 CPU=2 PEAK=3 STARTED=5
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
server=

fail() { echo "bench: $*" >&2; exit 70; }

# find_programs BUILD: builds where nothing was named, and sets vernier and bin.
find_programs() {
    local build=$1
    if [[ -z $build ]]; then
        build=$root/build/bench
        { cmake -S "$root" --preset release -B "$build" -DVERNIER_TESTS=ON && cmake --build "$build"; } >&2 ||
            fail "the build failed"
    fi
    build=$(cd "$build" && pwd) || fail "no folder $1"
    vernier=$build/vernier bin=$build/tests/bench
    [[ -x $vernier && -x $bin/measure ]] || fail "no vernier and no bench programs in $build"
    work=$(mktemp -d "$bin/work.XXXXXX")    # beside the build, not in /tmp: a store in memory would be no store
    trap 'stop_server; rm -rf "$work"' EXIT
    trap 'exit 143' INT TERM
}

# write_sums COUNT: a data set of its own for whoever asks.
write_sums() {
    awk -v count="$1" 'BEGIN { for (i = 1; i <= count; i++)
        printf "{\"id\": \"sum-%d\", \"problem\": \"What is %d + %d?\", \"answer\": %d}\n", i, i % 400, i % 300,
               i % 400 + i % 300 }' >"$work/sums.jsonl"
}

# start_server DELAY_MS [BODIES]: sets url.
start_server() {
    rm -f "$work/url"
    "$bin/delay_server" "$1" "$work/url" "${@:2}" &
    server=$!
    for _ in {1..500}; do
        [[ ! -s $work/url ]] || break
        sleep 0.01
    done
    url=$(cat "$work/url") || fail "the server did not start"
}

stop_server() {
    [[ -n $server ]] || return 0
    kill "$server" 2>/dev/null && wait "$server" 2>/dev/null || true
    server=
}

# stats: "CALLS FIRST_US PEAK" since the last time.
stats() {
    local place=${url#http://} line=
    place=${place%/v1}
    exec 3<>"/dev/tcp/${place%:*}/${place#*:}"
    printf 'GET /stats HTTP/1.1\r\nHost: bench\r\n\r\n' >&3
    while read -r -t 5 line <&3; do
        [[ $line != $'\r' ]] || break
    done
    read -r -t 5 line <&3 || true
    exec 3>&-
    echo "$line"
}

# took NAME [TIMES] -- COMMAND…: measures into $work/NAME; what the program says goes to NAME.out and NAME.err.
took() {
    local name=$1 times=1 code=0
    shift
    [[ $1 == -- ]] || { times=$1; shift; }
    shift
    "$bin/measure" "$work/$name" "$times" "$@" >"$work/$name.out" 2>"$work/$name.err" </dev/null || code=$?
    ((code == 0)) || { tail -n 5 "$work/$name.err" >&2; fail "$name ended with $code: $*"; }
}

# middle: of the numbers on stdin, one a line.
middle() { sort -g | awk '{ v[NR] = $1 } END { print (v[int((NR + 1) / 2)] + v[int(NR / 2) + 1]) / 2 }'; }

# median NAME COLUMN
median() { cut -d' ' -f"$2" "$work/$1" | middle; }

# ratio NAME OTHER COLUMN: the median of what each turn gives, since the load of a machine drifts from turn to turn.
ratio() {
    paste -d' ' <(cut -d' ' -f"$3" "$work/$1") <(cut -d' ' -f"$3" "$work/$2") | awk '{ print $1 / $2 }' | middle
}

# calc EXPRESSION: as awk reckons it.
calc() { awk "BEGIN { print ($*) }"; }
