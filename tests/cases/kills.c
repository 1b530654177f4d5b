/*
 * kills: a run that is killed at any moment, as often as you like, and started again, ends as if nothing had happened.
 *
 *     kills VERNIER FAKE_SERVER FOLDER KILLS [SEED]
 *
 * One run is left in peace. Then runs of the same plan, each into a store of its own, are killed with SIGKILL at drawn
 * moments and started again until they are complete, until KILLS kills are done. Each store is then compared with the
 * first one, row by row: everything but times, row ids and how many calls an ask took. The server's replies depend on
 * the question only, but for some questions that it refuses or hangs up on every other time, so that runs are also
 * killed between two tries. Prints "N kills, K differences"; exit 0 when N is KILLS and K is 0: a machine too slow for
 * so many shows nothing, and that is told.
 */
#include <errno.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "harness/base/clock.h"
#include "harness/base/proc.h"
#include "harness/base/random.h"
#include "tests/cases/query.h"
#include "tests/cases/server.h"

#define LIVES_MAX 200
#define ALL_MS 570000

/* Then no more are begun: what is left of ALL_MS is for the last run's end. */
#define KILLING_MS 500000

/* One in so many of the kills wanted must have hit a run that had written rows and was not complete. */
#define AMID_SHARE 4

/* Between these a drawn life's bound moves. */
#define LIFE_SHORTEST_MS 50
#define LIFE_LONGEST_MS 60000

/* A reply without the time it took. */
#define REPLY "json_remove(CASE WHEN a.reply_blob IS NULL THEN a.reply ELSE expand(b.zstd, b.size_bytes) END, " \
              "'$.elapsed_ms')"

/* Names instead of row ids: those may differ, as rows come in in another order. */
static const char *const QUERIES[] = {
    "PRAGMA integrity_check",
    "PRAGMA foreign_key_check",
    "SELECT 'run', fingerprint, model, plan, places, version, state FROM run ORDER BY id",
    "SELECT 'sample', task, name, hash, category, cluster, input, input_blob FROM sample ORDER BY task, name",
    ("SELECT 'episode', e.task, s.name, e.epoch, e.state, outcome, origin, reason, truncated, no_answer, refused, "
     "loop, tampered, unparsable, target, permutation, tokens_in, tokens_out, tokens_reasoning, tokens_cache, cost_nanousd, "
     "passes, restarts FROM episode e JOIN sample s ON s.id = e.sample ORDER BY e.task, s.name, e.epoch"),
    ("SELECT 'ask', e.task, s.name, e.epoch, ordinal, kind, role, request_hash, " REPLY ", a.cost_nanousd FROM ask a "
     "JOIN episode e ON e.id = a.episode JOIN sample s ON s.id = e.sample LEFT JOIN blob b ON b.sha256 = a.reply_blob "
     "ORDER BY e.task, s.name, e.epoch, ordinal"),
    ("SELECT 'grade', e.task, s.name, e.epoch, grader, g.version, profile, score, answer, answer_class, g.reason, "
     "g.id = e.grade FROM grade g JOIN episode e ON e.id = g.episode JOIN sample s ON s.id = e.sample "
     "ORDER BY e.task, s.name, e.epoch, g.id"),
    /* How often the server refused depends on who came when; what the last call brought does not. */
    ("SELECT 'last call', e.task, s.name, e.epoch, ordinal, c.status, c.error FROM call c JOIN ask a ON a.id = c.ask "
     "JOIN episode e ON e.id = a.episode JOIN sample s ON s.id = e.sample "
     "WHERE c.id = (SELECT max(id) FROM call WHERE ask = a.id) ORDER BY e.task, s.name, e.epoch, ordinal"),
    ("SELECT 'tries', count(*) FROM (SELECT 1 FROM call GROUP BY ask "
     "HAVING min(try) <> 1 OR max(try) <> count(*) OR count(DISTINCT try) <> count(*))"),
    ("SELECT 'blob of nobody', sha256 FROM blob WHERE sha256 NOT IN (SELECT reply_blob FROM ask "
     "WHERE reply_blob NOT NULL UNION SELECT input_blob FROM sample WHERE input_blob NOT NULL)"),
};

struct kills {
    const char *vernier, *data;
    char folder[64];
    struct arena *arena;
    struct server *server;
    struct splitmix random;
    int64_t deadline_ms, peace_ms, life_max_ms;     /* monotonic; no kills after peace_ms */
    size_t wanted, done, amid, runs, retries, differences;      /* amid: of those done, in the middle of a run */
    struct buf expected;
};

static volatile sig_atomic_t stop_wanted;

static void want_stop(int number)
{
    (void)number;
    stop_wanted = 1;
}

static bool is_over(const struct kills *kills)
{
    return stop_wanted || clock_monotonic_ms() > kills->deadline_ms;
}

static bool has_killed_enough(const struct kills *kills)
{
    return kills->done >= kills->wanted || clock_monotonic_ms() > kills->peace_ms;
}

static struct proc *start(const struct kills *kills, const char *store, struct err *err)
{
    const char *argv[] = { kills->vernier, "run", "--no-probe", "--task", "aime2025", "--data", kills->data, "--epochs", "2",
                           "--model", "openai/kills", "--base-url", server_url(kills->server),
                           "--max-connections", "4", "--store", store, NULL };
    struct proc_spec spec = { .argv = argv, .folder = kills->folder, .output_max = 65536, .timeout_ms = 60000 };

    return proc_start(&spec, err);
}

static int read_rows(const char *store, struct buf *out, struct err *err)
{
    buf_clear(out);
    for (size_t i = 0; i < sizeof QUERIES / sizeof QUERIES[0]; i++)
        if (query_run(store, QUERIES[i], out, err) < 0)
            return -1;
    return 0;
}

/* A number from the store; 0 while there is none, or no such table in it. */
static long read_count(const char *store, const char *sql)
{
    struct err err = ERR_INIT;
    struct buf text;
    long count = 0;

    buf_init(&text, 0);
    if (query_run(store, sql, &text, &err) == 0)
        count = atol(text.data);
    buf_fini(&text);
    return count;
}

/* A run may be complete before the process that completed it is gone. */
static bool is_complete(const char *store)
{
    return read_count(store, "SELECT count(*) FROM run WHERE state = 'complete'") == 1;
}

static long count_rows(const char *store)
{
    return read_count(store, "SELECT (SELECT count(*) FROM ask) + (SELECT count(outcome) FROM episode)");
}

static int check_end(const struct proc *proc, struct err *err)
{
    if (proc->end == PROC_SIGNALED && proc->status == SIGKILL)
        return 0;
    if (proc->end == PROC_EXITED && proc->status == 0)
        return 0;
    return err_set(err, "vernier ended with %d: %.800s", proc->status, proc->error.data);
}

/* One life: until its end, or its kill after life_ms (0: never). */
static int live(struct kills *kills, const char *store, int64_t life_ms, struct err *err)
{
    struct proc *proc = start(kills, store, err);
    int64_t end_ms = clock_monotonic_ms() + life_ms, left_ms;
    int result;

    if (proc == NULL)
        return -1;
    do {
        left_ms = life_ms > 0 ? end_ms - clock_monotonic_ms() : 100;
    } while (!proc_poll(proc, left_ms > 0 ? (int)left_ms : 0) && left_ms > 0 && !is_over(kills));
    if (proc->pidfd >= 0) {
        proc_signal(proc, SIGKILL);
        proc_wait(proc);
        kills->done++;
    }
    result = check_end(proc, err);
    proc_free(proc);
    return result;
}

static const char *next_line(const char *line)
{
    const char *end = strchr(line, '\n');

    return end != NULL ? end + 1 : line + strlen(line);
}

static void compare(struct kills *kills, const struct buf *found)
{
    const char *left = kills->expected.data, *right = found->data;

    while (*left != '\0' || *right != '\0') {
        const char *left_end = next_line(left), *right_end = next_line(right);
        if (left_end - left != right_end - right || memcmp(left, right, (size_t)(left_end - left)) != 0) {
            if (kills->differences++ < 5)
                printf("run %zu: expected %.*s         found %.*s", kills->runs, (int)(left_end - left), left,
                       (int)(right_end - right), right);
        }
        left = left_end;
        right = right_end;
    }
}

static void remove_store(struct kills *kills, const char *store)
{
    static const char *const ENDS[] = { "", "-wal", "-shm", ".lock" };

    for (size_t i = 0; i < sizeof ENDS / sizeof ENDS[0]; i++)
        unlink(arena_printf(kills->arena, "%s%s", store, ENDS[i]));
}

static int64_t draw_life(struct kills *kills)
{
    return 1 + (int64_t)splitmix_below(&kills->random, (uint64_t)kills->life_max_ms);
}

/*
 * A machine may need longer to start than the drawn lives last, or get faster than it was: lives that brought nothing
 * new are followed by longer ones, and lives that came to their own end by shorter ones.
 */
static void heed_life(struct kills *kills, bool killed, bool brought_something)
{
    if (killed && !brought_something && kills->life_max_ms < LIFE_LONGEST_MS)
        kills->life_max_ms = kills->life_max_ms * 3 / 2;
    if (!killed && kills->life_max_ms > LIFE_SHORTEST_MS)
        kills->life_max_ms = kills->life_max_ms * 2 / 3;
}

/* Lives until the run is complete. */
static int live_on(struct kills *kills, const char *store, struct err *err)
{
    size_t lives = 0;
    int result = 0;

    while (result == 0 && !is_over(kills) && !is_complete(store) && lives++ < LIVES_MAX) {
        bool spared = has_killed_enough(kills);
        long before = count_rows(store);
        size_t done = kills->done;
        result = live(kills, store, spared ? 0 : draw_life(kills), err);
        kills->amid += kills->done > done && count_rows(store) > before && !is_complete(store);
        heed_life(kills, kills->done > done, count_rows(store) > before);
    }
    if (result == 0 && !is_complete(store))
        return err_set(err, "the run is not complete after %zu lives", lives);
    return result;
}

/* One run of many lives. Its store is kept when it differs. */
static int run_once(struct kills *kills, struct err *err)
{
    char *store = arena_printf(kills->arena, "%s/%zu.db", kills->folder, ++kills->runs);
    size_t before = kills->differences;
    struct buf rows;
    int result;

    buf_init(&rows, 0);
    result = live_on(kills, store, err);
    if (result == 0 && (result = read_rows(store, &rows, err)) == 0)
        compare(kills, &rows);
    kills->retries += (size_t)read_count(store, "SELECT count(*) FROM call WHERE try > 1");
    buf_fini(&rows);
    if (kills->differences == before)
        remove_store(kills, store);
    return result;
}

static int run_all(struct kills *kills, struct err *err)
{
    char *store = arena_printf(kills->arena, "%s/peace.db", kills->folder);
    int64_t started_ms = clock_monotonic_ms();

    if (live(kills, store, 0, err) < 0 || read_rows(store, &kills->expected, err) < 0)
        return -1;
    /* Half of a whole run, to begin with: so each meets some three kills, at its start as at its end. */
    kills->life_max_ms = 100 + (clock_monotonic_ms() - started_ms) / 2;
    while (!has_killed_enough(kills))
        if (run_once(kills, err) < 0)
            return -1;
    if (kills->done < kills->wanted)
        return err_set(err, "only %zu of %zu kills until it was stopped or %d s were over: nothing is shown", kills->done,
                       kills->wanted, KILLING_MS / 1000);
    if (kills->retries == 0)
        return err_set(err, "no call was tried again: the script refuses nothing");
    if (kills->amid * AMID_SHARE < kills->wanted)
        return err_set(err, "%zu kills hit a run in its middle, fewer than one in %d of those wanted: nothing is shown",
                       kills->amid, AMID_SHARE);
    return 0;
}

static int remove_one(const char *path, const struct stat *there, int kind, struct FTW *ftw)
{
    (void)there;
    (void)kind;
    (void)ftw;
    return remove(path) < 0 && errno != ENOENT;
}

static int with_folder(struct kills *kills, const char *fake_server, const char *folder, struct err *err)
{
    char *script = arena_printf(kills->arena, "%s/model.script", folder);
    char *log = arena_printf(kills->arena, "%s/server.log", kills->folder);
    int result = -1;

    kills->data = arena_printf(kills->arena, "aime2025=%s/sums.jsonl", folder);
    buf_init(&kills->expected, 0);
    kills->server = server_start(fake_server, script, log, 0, err);
    if (kills->server != NULL)
        result = run_all(kills, err);
    server_stop(kills->server);
    buf_fini(&kills->expected);
    return result;
}

static void heed_signals(void)
{
    struct sigaction action = { .sa_handler = want_stop };

    signal(SIGPIPE, SIG_IGN);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

int main(int argc, char **argv)
{
    struct kills kills = { .folder = "/tmp/vernier-kills-XXXXXX", .arena = arena_new() };
    struct err err = ERR_INIT;
    int result;

    if (argc < 5 || mkdtemp(kills.folder) == NULL) {
        fputs("usage: kills VERNIER FAKE_SERVER FOLDER KILLS [SEED]\n", stderr);
        return EXIT_USAGE;
    }
    kills.vernier = argv[1];
    kills.wanted = (size_t)atol(argv[4]);
    kills.random.state = argc > 5 ? (uint64_t)atoll(argv[5]) : 1;
    kills.deadline_ms = clock_monotonic_ms() + ALL_MS;
    kills.peace_ms = clock_monotonic_ms() + KILLING_MS;
    heed_signals();
    result = with_folder(&kills, argv[2], argv[3], &err);
    printf("%s%s%zu kills, %zu in the middle of a run, %zu differences, %zu runs, %zu tries again\n", err.text,
           result < 0 ? "\n" : "", kills.done, kills.amid, kills.differences, kills.runs, kills.retries);
    printf("promise: %zu tried, %zu failed\n", kills.done, kills.differences);
    if (kills.differences == 0 && result == 0)
        nftw(kills.folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    else
        printf("what was found is kept in %s\n", kills.folder);
    arena_free(kills.arena);
    return result < 0 || kills.differences > 0;
}
