/*
 * What is acknowledged stays, whatever ends the program: a failing disk, a full one, the power, kill -9.
 *
 * All tests write the same way: commits of three asks, each of an episode of its own. A commit that was acknowledged is
 * counted; afterwards the store must be whole and hold exactly those. One more may be there, whole, if it was under way
 * or if its sync failed: what a failed sync has left on the disk nobody can know.
 */
#include "scratch.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>

#include "harness/base/random.h"
#include "tests/shim/vfs_shim.h"

enum { ROWS = 3 };

/* A writer at work; rows must stay in place until their commit. */
struct work {
    struct store *store;
    struct journal *journal;
    int64_t samples[ROWS];
    struct episode_row episodes[ROWS];
    struct ask_row asks[ROWS];
    char reply[1500];
    int commits;             /* acknowledged */
    bool queued;             /* the next one's rows are in the journal already: it was tried and failed */
    bool in_doubt;           /* one failed */
};

static int start_work(struct work *work, const char *path, struct err *err)
{
    struct arena *arena = arena_new();
    struct run_row run = { .fingerprint = "f", .model = "m", .plan = "{}", .places = "{}", .version = "1",
                           .state = "running" };
    int result;

    *work = (struct work){ .store = store_open(path, "test", err) };
    memset(work->reply, 'r', sizeof work->reply - 1);
    result = work->store == NULL ? -1 : store_add_run(work->store, arena, &run, err);
    for (int i = 0; i < ROWS && result == 0; i++) {
        struct sample_row sample = { .task = "t", .name = &"abc"[i], .hash = HASH_A, .input = "?" };
        work->samples[i] = store_put_sample(work->store, &sample, err);
        result = work->samples[i] > 0 ? 0 : -1;
    }
    if (result == 0)
        work->journal = journal_open(work->store, run.id);
    arena_free(arena);
    return result;
}

static void end_work(struct work *work)
{
    journal_close(work->journal);
    store_close(work->store);
}

/* One commit of ROWS new episodes with an ask each. */
static int do_commit(struct work *work, struct err *err)
{
    for (int i = 0; i < ROWS && !work->queued; i++) {
        work->episodes[i] = started_episode("t", work->samples[i], work->commits + 1);
        work->asks[i] = model_ask(0, work->reply);
        journal_add_ask(work->journal, &work->episodes[i], &work->asks[i]);
    }
    work->queued = true;
    if (journal_commit(work->journal, err) < 0) {
        work->in_doubt = true;
        return -1;
    }
    work->queued = false;
    work->commits++;
    return 0;
}

/* What is in the store at path: whole commits, or -1 when it is damaged or holds half of one. */
static int count_commits(const char *path, struct err *err)
{
    struct store *store = store_open(path, "test", err);
    struct arena *arena = arena_new();
    int64_t asks, episodes;
    const char *check;

    if (store == NULL) {
        arena_free(arena);
        return -1;
    }
    check = ask_text(store, arena, "PRAGMA integrity_check");
    asks = ask_number(store, "SELECT count(*) FROM ask");
    episodes = ask_number(store, "SELECT count(*) FROM episode e JOIN ask a ON a.episode = e.id"
                          " WHERE a.ordinal = 0 AND length(a.reply) = 1499");
    if (strcmp(check, "ok") != 0)
        asks = err_set(err, "%s", check);
    else if (asks != episodes || asks % ROWS != 0
             || asks != ROWS * ask_number(store, "SELECT coalesce(max(epoch), 0) FROM episode"))
        asks = err_set(err, "%lld asks, %lld episodes", (long long)asks, (long long)episodes);
    store_close(store);
    arena_free(arena);
    return asks < 0 ? -1 : (int)(asks / ROWS);
}

static void remove_store(struct scratch *scratch)
{
    static const char *const ENDS[] = { "", "-wal", "-shm", "-journal", ".lock" };

    for (size_t i = 0; i < sizeof ENDS / sizeof *ENDS; i++) {
        char path[128];
        snprintf(path, sizeof path, "%s%s", scratch->path, ENDS[i]);
        unlink(path);
    }
}

static void test_journal_commit_leaves_nothing_unsynced(void **state)
{
    struct scratch scratch;
    struct vfs_shim *shim = vfs_shim_install();
    struct work work;

    (void)state;
    scratch_init(&scratch);
    assert_int_equal(start_work(&work, scratch.path, &scratch.err), 0);
    for (int i = 0; i < 160; i++) {      /* past a checkpoint, which comes at 1000 pages */
        assert_int_equal(do_commit(&work, &scratch.err), 0);
        assert_int_equal(vfs_shim_unsynced(shim, "-wal"), 0);
        assert_int_equal(vfs_shim_unsynced(shim, ""), 0);
    }
    sqlite3_exec(store_db(work.store), "PRAGMA synchronous = NORMAL", NULL, NULL, NULL);
    assert_int_equal(do_commit(&work, &scratch.err), 0);
    assert_true(vfs_shim_unsynced(shim, "-wal") > 0);      /* so the shim does see */
    end_work(&work);
    vfs_shim_remove(shim);
    scratch_fini(&scratch);
}

/* Works while a fault waits; after a failure tries once more, as a disk may come back. */
static void work_badly(struct work *work, const char *path)
{
    struct err err = ERR_INIT;

    if (start_work(work, path, &err) == 0) {
        for (int i = 0; i < 4; i++) {
            if (do_commit(work, &err) == 0)
                continue;
            for (int row = 0; row < ROWS; row++)
                assert_int_equal(work->episodes[row].id, 0);
            if (do_commit(work, &err) < 0)
                break;
        }
    } else {
        assert_int_equal(err.code, EXIT_STORE);
        assert_string_not_equal(err.text, "");
    }
    end_work(work);
}

/* A fault to try at call number 1, 1 + step, ... */
struct failing { enum vfs_fault fault; bool lasting; int step; };

/* Tries it at each call of a small run until none is left to fail. Returns how many were. */
static int fail_each(struct scratch *scratch, struct vfs_shim *shim, struct failing failing, int *doubted)
{
    int failures = 0;

    for (int at = 1;; at += failing.step) {
        struct err err = ERR_INIT;
        struct work work;
        bool failed;
        int found;

        remove_store(scratch);
        vfs_shim_fail(shim, failing.fault, (uint64_t)at, failing.lasting);
        work_badly(&work, scratch->path);
        failed = vfs_shim_has_failed(shim);
        vfs_shim_fail(shim, VFS_NO_FAULT, 0, false);
        found = count_commits(scratch->path, &err);
        if (found != work.commits && !(work.in_doubt && found == work.commits + 1))
            fail_msg("fault %d%s at call %d: %d commits acknowledged, %d there: %s", (int)failing.fault,
                     failing.lasting ? ", lasting," : "", at, work.commits, found, err.text);
        *doubted += found != work.commits;
        if (!failed)
            return failures;
        failures++;
    }
}

/* A store that cannot be checked at its close says so on stderr, here hundreds of times. Returns what to give back. */
static int hush(void)
{
    int kept = dup(STDERR_FILENO), null = open("/dev/null", O_WRONLY);

    assert_true(kept >= 0 && null >= 0);
    dup2(null, STDERR_FILENO);
    close(null);
    return kept;
}

static void speak_again(int kept)
{
    dup2(kept, STDERR_FILENO);
    close(kept);
}

static void test_store_survives_each_failing_call(void **state)
{
    /* Every call fails once; the rest are variations of it, and each run costs milliseconds. */
    static const struct failing FAILINGS[] = {
        { VFS_IOERR, false, 1 }, { VFS_FULL, false, 2 }, { VFS_SHORT_WRITE, false, 2 }, { VFS_IOERR, true, 6 },
        { VFS_FULL, true, 6 },
    };
    struct scratch scratch;
    struct vfs_shim *shim = vfs_shim_install();
    int calls = 0, doubted = 0, kept = hush();

    (void)state;
    scratch_init(&scratch);
    for (size_t i = 0; i < sizeof FAILINGS / sizeof *FAILINGS; i++)
        calls += fail_each(&scratch, shim, FAILINGS[i], &doubted);
    speak_again(kept);
    print_message("%d failing calls: no acknowledged row lost, none half there; %d commits there that were not "
                  "acknowledged\n", calls, doubted);
    print_message("promise: %d tried, 0 failed\n", calls);
    assert_true(calls > 100);
    vfs_shim_remove(shim);
    scratch_fini(&scratch);
}

enum { COMMITS = 40 };

/* Records a run of COMMITS commits with many checkpoints; acks[i] is the moment commit i + 1 was acknowledged. */
static void record_work(struct scratch *scratch, struct vfs_shim *shim, const char *settings, size_t acks[COMMITS])
{
    struct work work;

    remove_store(scratch);
    vfs_shim_record(shim, true);
    assert_int_equal(start_work(&work, scratch->path, &scratch->err), 0);
    sqlite3_exec(store_db(work.store), settings, NULL, NULL, NULL);
    for (int i = 0; i < COMMITS; i++) {
        assert_int_equal(do_commit(&work, &scratch->err), 0);
        acks[i] = vfs_shim_moment(shim);
    }
    end_work(&work);
    vfs_shim_record(shim, false);
}

struct cuts { int tried, lost, damaged; };

/* Cuts the power at random moments and looks what is there after it. */
static struct cuts cut_often(struct scratch *scratch, const struct vfs_shim *shim, const size_t acks[COMMITS], int cuts)
{
    struct splitmix random = { .state = 7 };
    struct cuts result = { .tried = cuts };
    int most = 0;

    for (int i = 0; i < cuts; i++) {
        struct err err = ERR_INIT;
        size_t moment = splitmix_below(&random, vfs_shim_moment(shim) + 1);
        int acked = 0, found;

        while (acked < COMMITS && acks[acked] <= moment)
            acked++;
        remove_store(scratch);
        vfs_shim_cut(shim, moment, splitmix_next(&random), scratch->folder);
        found = count_commits(scratch->path, &err);
        if (found < 0 || found > acked + 1) {
            print_message("cut at %zu: %d acknowledged, %d there: %s\n", moment, acked, found, err.text);
            result.damaged++;
        } else if (found < acked) {
            result.lost++;
        }
        most = found > most ? found : most;
    }
    assert_true(most > COMMITS / 2);
    return result;
}

#define CHECKPOINT_OFTEN "PRAGMA wal_autocheckpoint = 30"

static void test_store_survives_power_cuts(void **state)
{
    struct scratch scratch;
    struct vfs_shim *shim = vfs_shim_install();
    size_t acks[COMMITS];
    struct cuts cuts;

    (void)state;
    scratch_init(&scratch);
    record_work(&scratch, shim, CHECKPOINT_OFTEN, acks);
    cuts = cut_often(&scratch, shim, acks, 200);
    print_message("%d power cuts: %d lost an acknowledged commit, %d damaged the store\n", cuts.tried, cuts.lost,
                  cuts.damaged);
    print_message("promise: %d tried, %d failed\n", cuts.tried, cuts.lost + cuts.damaged);
    assert_int_equal(cuts.lost, 0);
    assert_int_equal(cuts.damaged, 0);
    vfs_shim_remove(shim);
    scratch_fini(&scratch);
}

/* With a weaker setting acknowledged commits are lost: so the test above can fail. */
static void test_store_would_lose_commits_with_less_syncing(void **state)
{
    struct scratch scratch;
    struct vfs_shim *shim = vfs_shim_install();
    size_t acks[COMMITS];
    struct cuts cuts;

    (void)state;
    scratch_init(&scratch);
    record_work(&scratch, shim, CHECKPOINT_OFTEN "; PRAGMA synchronous = NORMAL", acks);
    cuts = cut_often(&scratch, shim, acks, 30);
    print_message("with synchronous=NORMAL, %d power cuts: %d lost acknowledged commits, %d damaged the store\n",
                  cuts.tried, cuts.lost, cuts.damaged);
    print_message("promise: %d tried, %d failed\n", cuts.tried, cuts.lost);
    assert_true(cuts.lost > 0);
    vfs_shim_remove(shim);
    scratch_fini(&scratch);
}

/* Commits until it is killed; tells each acknowledgement with one byte. */
static _Noreturn void write_until_killed(const char *path, int pipe_end)
{
    struct err err = ERR_INIT;
    struct work work;

    if (start_work(&work, path, &err) < 0)
        _exit(1);
    sqlite3_exec(store_db(work.store), CHECKPOINT_OFTEN, NULL, NULL, NULL);
    while (do_commit(&work, &err) == 0 && write(pipe_end, "x", 1) == 1)
        ;
    _exit(1);
}

/* Kills a writer some time after its first commit; how many it has acknowledged. */
static int kill_a_writer(const char *path, int64_t after_us)
{
    struct timespec pause = { .tv_nsec = after_us * 1000 };
    int ends[2], status, acked = 0;
    char x;
    pid_t pid;

    assert_int_equal(pipe(ends), 0);
    pid = fork();
    assert_true(pid >= 0);
    if (pid == 0)
        write_until_killed(path, ends[1]);
    close(ends[1]);
    if (read(ends[0], &x, 1) == 1)
        acked = 1;
    nanosleep(&pause, NULL);
    kill(pid, SIGKILL);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    while (read(ends[0], &x, 1) == 1)
        acked++;
    close(ends[0]);
    return acked;
}

static void test_store_survives_kill_9(void **state)
{
    struct scratch scratch;
    struct splitmix random = { .state = 11 };
    int total = 0;

    (void)state;
    scratch_init(&scratch);
    for (int i = 0; i < 30; i++) {
        struct err err = ERR_INIT;
        int acked, found;

        remove_store(&scratch);
        acked = kill_a_writer(scratch.path, (int64_t)splitmix_below(&random, 40000));
        found = count_commits(scratch.path, &err);
        if (found != acked && found != acked + 1)
            fail_msg("%d commits acknowledged, %d there: %s", acked, found, err.text);
        total += acked;
    }
    print_message("30 writers killed, %d commits acknowledged, all there\n", total);
    scratch_fini(&scratch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_journal_commit_leaves_nothing_unsynced),
        cmocka_unit_test(test_store_survives_each_failing_call),
        cmocka_unit_test(test_store_survives_power_cuts),
        cmocka_unit_test(test_store_would_lose_commits_with_less_syncing),
        cmocka_unit_test(test_store_survives_kill_9),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
