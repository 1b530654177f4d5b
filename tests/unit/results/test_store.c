#include "scratch.h"

#include <fcntl.h>
#include <sys/wait.h>

/* A database that some other program made. */
static void run_sql(const char *path, const char *sql)
{
    sqlite3 *db = NULL;

    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}

static void test_store_open_makes_a_store(void **state)
{
    struct scratch *scratch = *state;
    struct store *store = scratch_store(scratch);

    assert_string_equal(store_path(store), scratch->path);
    assert_int_equal(ask_number(store, "PRAGMA application_id"), STORE_APPLICATION_ID);
    assert_int_equal(ask_number(store, "PRAGMA user_version"), STORE_VERSION);
    assert_int_equal(ask_number(store, "SELECT count(*) FROM sqlite_schema WHERE type = 'table'"), 9);
    store_close(store);
}

static void test_store_open_sets_what_keeps_data_safe(void **state)
{
    struct scratch *scratch = *state;
    struct store *store = scratch_store(scratch);

    assert_string_equal(ask_text(store, scratch->arena, "PRAGMA journal_mode"), "wal");
    assert_int_equal(ask_number(store, "PRAGMA synchronous"), 2);
    assert_int_equal(ask_number(store, "PRAGMA foreign_keys"), 1);
    assert_int_equal(ask_number(store, "PRAGMA busy_timeout"), 5000);
    assert_int_equal(ask_number(store, "PRAGMA trusted_schema"), 0);
    assert_int_equal(ask_number(store, "PRAGMA cell_size_check"), 1);
    assert_int_equal(ask_number(store, "PRAGMA wal_autocheckpoint"), 1000);
    assert_int_equal(ask_number(store, "PRAGMA journal_size_limit"), 67108864);
    assert_int_equal(ask_number(store, "PRAGMA mmap_size"), 0);
    assert_int_equal(sqlite3_exec(store_db(store), "PRAGMA writable_schema = ON; DELETE FROM sqlite_schema", NULL, NULL,
                                  NULL), SQLITE_ERROR);
    store_close(store);
}

static void test_store_open_keeps_what_is_there(void **state)
{
    struct scratch *scratch = *state;
    struct store *store = scratch_store(scratch);

    add_run(store, scratch->arena);
    store_close(store);
    store = scratch_store(scratch);
    assert_int_equal(ask_number(store, "SELECT count(*) FROM run"), 1);
    store_close(store);
}

/* Makes of a store what version 1 was: no verdicts, languages or unparsable replies, a run's settings in its plan
 * alone, and views that know none of it. */
static void age(const char *path)
{
    run_sql(path, "DROP VIEW samples; DROP VIEW results; ALTER TABLE grade DROP COLUMN verdict; "
                  "ALTER TABLE grade DROP COLUMN asked_language; ALTER TABLE grade DROP COLUMN language; "
                  "ALTER TABLE episode DROP COLUMN unparsable; "
                  "ALTER TABLE run DROP COLUMN settings; ALTER TABLE run DROP COLUMN names; "
                  "CREATE VIEW samples AS SELECT id FROM sample; PRAGMA user_version = 1");
}

/* A run whose settings hold what ends an object, and one that says nothing that a view could show. */
static void add_runs_with_settings(struct store *store, struct arena *arena)
{
    struct err err = ERR_INIT;
    struct run_row runs[] = {
        { .plan = "{\"tasks\":[{\"settings\":{\"x\":1}}],\"model\":{\"settings\":{\"stop\":\"}\",\"more\":{\"a\":1},\"seed\":7}}}",
          .places = "{\"names\":{\"plan\":\"night}ly\",\"model\":\"hot\"}}" },
        { .plan = "{\"model\":{\"settings\":[7]}}", .places = "no JSON" },
    };

    for (size_t i = 0; i < sizeof runs / sizeof runs[0]; i++) {
        runs[i].fingerprint = runs[i].model = runs[i].version = "x";
        runs[i].state = "running";
        runs[i].started_ms = 1795290531000;
        if (store_add_run(store, arena, &runs[i], &err) < 0)
            fail_msg("%s", err.text);
    }
}

static void assert_has_settings(struct store *store, struct arena *arena)
{
    assert_string_equal(ask_text(store, arena, "SELECT settings FROM run WHERE settings IS NOT NULL"),
                        "{\"stop\":\"}\",\"more\":{\"a\":1},\"seed\":7}");
    assert_string_equal(ask_text(store, arena, "SELECT names FROM run WHERE names IS NOT NULL"),
                        "{\"plan\":\"night}ly\",\"model\":\"hot\"}");
    assert_int_equal(ask_number(store, "SELECT count(*) FROM run WHERE settings IS NULL AND names IS NULL"), 1);
}

static void test_store_add_run_tells_its_settings_apart(void **state)
{
    struct scratch *scratch = *state;
    struct store *store = scratch_store(scratch);

    add_runs_with_settings(store, scratch->arena);
    assert_has_settings(store, scratch->arena);
    store_close(store);
    age(scratch->path);
    store = scratch_store(scratch);
    assert_has_settings(store, scratch->arena);
    store_close(store);
}

static void test_store_open_brings_an_older_version_up_to_date(void **state)
{
    struct scratch *scratch = *state;
    struct store *store = scratch_store(scratch);
    struct err err = ERR_INIT;

    add_run(store, scratch->arena);
    store_close(store);
    age(scratch->path);
    assert_null(store_open_read(scratch->path, &err));
    assert_int_equal(err.code, EXIT_STORE);
    assert_says(&err, "older vernier");
    store = scratch_store(scratch);
    assert_int_equal(ask_number(store, "PRAGMA user_version"), STORE_VERSION);
    assert_int_equal(ask_number(store, "SELECT count(*) FROM run"), 1);
    assert_int_equal(ask_number(store, "SELECT count(verdict) FROM grade"), 0);
    assert_int_equal(ask_number(store, "SELECT count(verdict) FROM samples"), 0);
    assert_int_equal(ask_number(store, "SELECT count(undecided) FROM results"), 0);
    assert_int_equal(ask_number(store, "SELECT count(unparsable) FROM episode"), 0);
    store_close(store);
    store = store_open_read(scratch->path, &err);
    assert_non_null(store);
    store_close(store);
}

static void test_store_open_leaves_an_older_version_that_it_cannot_mend(void **state)
{
    struct scratch *scratch = *state;

    store_close(scratch_store(scratch));
    age(scratch->path);
    run_sql(scratch->path, "DROP TABLE grade");
    assert_refused(scratch->path, "bringing it up to date");
    assert_refused(scratch->path, "bringing it up to date");       /* it is still of version 1 */
}

static void test_store_open_takes_an_empty_file_as_new(void **state)
{
    struct scratch *scratch = *state;
    struct store *store;

    write_file(scratch->path, "");
    store = scratch_store(scratch);
    assert_int_equal(ask_number(store, "SELECT count(*) FROM run"), 0);
    store_close(store);
}

static void test_store_open_refuses_what_is_not_a_database(void **state)
{
    struct scratch *scratch = *state;
    const char *path = scratch_path(scratch, "notes.txt");

    write_file(path, "Dear diary, this is a text long enough to fill the hundred bytes that the header of any SQLite "
                     "database takes up, and then some.\n");
    assert_refused(path, "not a database");
    assert_int_not_equal(access(scratch_path(scratch, "notes.txt.lock"), F_OK), 0);
}

static void test_store_open_refuses_another_programs_database_unchanged(void **state)
{
    struct scratch *scratch = *state;
    const char *path = scratch_path(scratch, "cookies.db");
    sqlite3 *db = NULL;

    run_sql(path, "PRAGMA application_id = 7; CREATE TABLE t (a)");
    assert_refused(path, "another program");
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    sqlite3_stmt *stmt = NULL;
    assert_int_equal(sqlite3_prepare_v2(db, "PRAGMA journal_mode", -1, &stmt, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
    assert_string_equal((const char *)sqlite3_column_text(stmt, 0), "delete");
    sqlite3_finalize(stmt);
    sqlite3_close(db);
}

static void test_store_open_refuses_a_database_without_a_mark(void **state)
{
    struct scratch *scratch = *state;
    const char *path = scratch_path(scratch, "plain.db");

    run_sql(path, "CREATE TABLE t (a)");
    assert_refused(path, "another program");
}

static void test_store_open_refuses_a_newer_version(void **state)
{
    struct scratch *scratch = *state;
    struct err err = ERR_INIT;

    store_close(scratch_store(scratch));
    run_sql(scratch->path, "PRAGMA user_version = 6");
    assert_refused(scratch->path, "newer vernier (store version 6, this one knows 5)");
    assert_null(store_open_read(scratch->path, &err));
    assert_says(&err, "newer vernier");
}

static void test_store_open_refuses_places_that_cannot_be(void **state)
{
    struct scratch *scratch = *state;
    struct err err = ERR_INIT;

    assert_refused(scratch->folder, "is a folder; name a file in it");
    assert_refused(scratch_path(scratch, "no/where/vernier.db"), "make it first (mkdir -p ");
    assert_refused("/dev/null", "not a plain file");
    assert_null(store_open("", "test", &err));
    assert_says(&err, "name a file");
}

/* Root may write anywhere, so what is refused to people is tried as nobody. */
static int as_nobody(void (*try)(struct scratch *), struct scratch *scratch)
{
    pid_t pid = fork();
    int status;

    if (pid == 0) {
        if (geteuid() == 0 && (setgid(65534) != 0 || setuid(65534) != 0))
            _exit(2);
        try(scratch);
        _exit(0);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void open_read_only_file(struct scratch *scratch)
{
    struct err err = ERR_INIT;

    if (store_open(scratch->path, "test", &err) != NULL || strstr(err.text, "read-only; allow writing") == NULL) {
        fprintf(stderr, "%s\n", err.text);
        _exit(1);
    }
}

static void test_store_open_refuses_a_read_only_file(void **state)
{
    struct scratch *scratch = *state;

    store_close(scratch_store(scratch));
    chmod(scratch->folder, 0777);
    chmod(scratch->path, 0444);
    assert_int_equal(as_nobody(open_read_only_file, scratch), 0);
}

static void open_in_read_only_folder(struct scratch *scratch)
{
    struct err err = ERR_INIT;
    struct store *store;

    if (store_open(scratch->path, "test", &err) != NULL || strstr(err.text, "cannot be written") == NULL) {
        fprintf(stderr, "%s\n", err.text);
        _exit(1);
    }
    store = store_open_read(scratch->path, &err);
    if (store == NULL || ask_number(store, "SELECT count(*) FROM run") != 1) {
        fprintf(stderr, "%s\n", err.text);
        _exit(1);
    }
    store_close(store);
}

static void test_store_open_read_reads_in_a_read_only_folder(void **state)
{
    struct scratch *scratch = *state;
    struct store *store;

    scratch->path = scratch_path(scratch, "100%? #1.db");
    store = scratch_store(scratch);
    add_run(store, scratch->arena);
    store_close(store);
    chmod(scratch->path, 0666);
    chmod(scratch->folder, 0555);
    assert_int_equal(as_nobody(open_in_read_only_folder, scratch), 0);
    chmod(scratch->folder, 0755);
}

static void test_store_open_takes_odd_names_as_plain_files(void **state)
{
    struct scratch *scratch = *state;
    char *back = getcwd(NULL, 0);
    struct err err = ERR_INIT;

    assert_int_equal(chdir(scratch->folder), 0);
    store_close(store_open(":memory:", "test", &err));
    store_close(store_open("file:x?mode=memory", "test", &err));
    assert_int_equal(access(":memory:", F_OK), 0);
    assert_int_equal(access("file:x?mode=memory", F_OK), 0);
    assert_int_equal(chdir(back), 0);
    free(back);
}

static void test_store_open_read_sees_what_the_writer_commits(void **state)
{
    struct scratch *scratch = *state;
    struct store *writer = scratch_store(scratch);
    struct store *reader = store_open_read(scratch->path, &scratch->err);

    assert_non_null(reader);
    assert_int_equal(ask_number(reader, "SELECT count(*) FROM run"), 0);
    assert_int_equal(store_begin(writer, &scratch->err), 0);
    add_run(writer, scratch->arena);
    assert_int_equal(ask_number(reader, "SELECT count(*) FROM run"), 0);
    assert_int_equal(store_commit(writer, &scratch->err), 0);
    assert_int_equal(ask_number(reader, "SELECT count(*) FROM run"), 1);
    store_close(writer);
    assert_int_equal(ask_number(reader, "SELECT count(*) FROM run"), 1);
    store_close(reader);
}

static void test_store_open_read_writes_nothing(void **state)
{
    struct scratch *scratch = *state;
    struct store *reader;
    struct arena *arena = scratch->arena;
    struct run_row run = { .fingerprint = "f", .model = "m", .plan = "{}", .places = "{}", .version = "1",
                           .state = "running" };
    struct err err = ERR_INIT;

    store_close(scratch_store(scratch));
    reader = store_open_read(scratch->path, &err);
    assert_non_null(reader);
    assert_int_equal(store_add_run(reader, arena, &run, &err), -1);
    assert_int_equal(err.code, EXIT_STORE);
    assert_says(&err, "cannot be written");
    store_close(reader);
}

static void test_store_open_read_refuses_missing_and_empty(void **state)
{
    struct scratch *scratch = *state;
    struct err err = ERR_INIT;

    assert_null(store_open_read(scratch->path, &err));
    assert_int_equal(err.code, EXIT_STORE);
    assert_says(&err, "there is no such store");
    assert_int_not_equal(access(scratch->path, F_OK), 0);
    write_file(scratch->path, "");
    assert_null(store_open_read(scratch->path, &err));
    assert_says(&err, "nothing is stored here yet");
}

static void test_store_close_leaves_one_file(void **state)
{
    struct scratch *scratch = *state;
    struct store *store = scratch_store(scratch);

    add_run(store, scratch->arena);
    assert_int_equal(access(scratch_path(scratch, "vernier.db-wal"), F_OK), 0);
    store_close(store);
    assert_int_not_equal(access(scratch_path(scratch, "vernier.db-wal"), F_OK), 0);
    assert_int_not_equal(access(scratch_path(scratch, "vernier.db.lock"), F_OK), 0);
    store_close(NULL);
}

/* Spoils a table's first page; and makes the file that long and its header say so, which takes no disk. */
static void spoil(const char *path, int64_t root, uint32_t pages)
{
    const unsigned char count[4] = { (unsigned char)(pages >> 24), (unsigned char)(pages >> 16),
                                     (unsigned char)(pages >> 8), (unsigned char)pages };
    int fd = open(path, O_WRONLY);

    assert_int_equal(pwrite(fd, "spoiled", 7, (off_t)(root - 1) * 4096), 7);
    assert_int_equal(pwrite(fd, count, 4, 28), 4);
    assert_int_equal(ftruncate(fd, (off_t)pages * 4096), 0);
    close(fd);
}

/* What store_close returned after a write to a damaged store of so many pages, and what it said. */
static int close_spoiled(struct scratch *scratch, uint32_t pages, char said[512])
{
    int kept = dup(STDERR_FILENO), fd = open(scratch_path(scratch, "said"), O_RDWR | O_CREAT, 0600), result;
    struct store *store = scratch_store(scratch);
    int64_t root = ask_number(store, "SELECT rootpage FROM sqlite_schema WHERE name = 'published'");
    ssize_t got;

    assert_int_equal(store_close(store), 0);
    spoil(scratch->path, root, pages);
    store = scratch_store(scratch);
    add_run(store, scratch->arena);
    dup2(fd, STDERR_FILENO);
    result = store_close(store);
    dup2(kept, STDERR_FILENO);
    close(kept);
    got = pread(fd, said, 511, 0);
    said[got > 0 ? got : 0] = '\0';
    close(fd);
    return result;
}

/* 65,536 pages are 256 MB. */
static void test_store_close_tells_of_damage(void **state)
{
    struct scratch *scratch = *state;
    char said[512];

    assert_int_equal(close_spoiled(scratch, 65536, said), -1);
    if (strstr(said, "vernier.db: damaged or not readable: ") == NULL)
        fail_msg("%s", said);
}

static void test_store_close_leaves_a_big_file_unchecked(void **state)
{
    struct scratch *scratch = *state;
    char said[512];

    assert_int_equal(close_spoiled(scratch, 65537, said), 0);
    assert_string_equal(said, "");
}

/* Those of a small store would mislead SQLite when it has grown. */
static void test_store_close_takes_no_statistics(void **state)
{
    struct scratch *scratch = *state;
    struct store *store = scratch_store(scratch);

    put_sample(store, "t", "q");
    ask_number(store, "SELECT count(*) FROM results");
    store_close(store);
    store = scratch_store(scratch);
    assert_int_equal(ask_number(store, "SELECT count(*) FROM sqlite_schema WHERE name LIKE 'sqlite_stat%'"), 0);
    store_close(store);
}

static void test_store_begin_says_why_it_failed(void **state)
{
    struct scratch *scratch = *state;
    struct store *store = scratch_store(scratch);
    sqlite3 *other = NULL;

    sqlite3_exec(store_db(store), "PRAGMA busy_timeout = 0", NULL, NULL, NULL);
    assert_int_equal(sqlite3_open(scratch->path, &other), SQLITE_OK);
    assert_int_equal(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(store_begin(store, &scratch->err), -1);
    assert_int_equal(scratch->err.code, EXIT_STORE);
    assert_says(&scratch->err, "vernier.db: beginning to write: another program keeps the database locked; close it");
    sqlite3_close(other);
    assert_int_equal(store_begin(store, &scratch->err), 0);
    store_close(store);
}

static void test_store_rollback_undoes(void **state)
{
    struct scratch *scratch = *state;
    struct store *store = scratch_store(scratch);

    store_rollback(store);
    assert_int_equal(store_begin(store, &scratch->err), 0);
    add_run(store, scratch->arena);
    store_rollback(store);
    assert_int_equal(ask_number(store, "SELECT count(*) FROM run"), 0);
    store_close(store);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_setup, scratch_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_store_open_makes_a_store),
        TEST(test_store_open_sets_what_keeps_data_safe),
        TEST(test_store_open_keeps_what_is_there),
        TEST(test_store_open_brings_an_older_version_up_to_date),
        TEST(test_store_add_run_tells_its_settings_apart),
        TEST(test_store_open_leaves_an_older_version_that_it_cannot_mend),
        TEST(test_store_open_takes_an_empty_file_as_new),
        TEST(test_store_open_refuses_what_is_not_a_database),
        TEST(test_store_open_refuses_another_programs_database_unchanged),
        TEST(test_store_open_refuses_a_database_without_a_mark),
        TEST(test_store_open_refuses_a_newer_version),
        TEST(test_store_open_refuses_places_that_cannot_be),
        TEST(test_store_open_refuses_a_read_only_file),
        TEST(test_store_open_read_reads_in_a_read_only_folder),
        TEST(test_store_open_takes_odd_names_as_plain_files),
        TEST(test_store_open_read_sees_what_the_writer_commits),
        TEST(test_store_open_read_writes_nothing),
        TEST(test_store_open_read_refuses_missing_and_empty),
        TEST(test_store_close_leaves_one_file),
        TEST(test_store_close_tells_of_damage),
        TEST(test_store_close_leaves_a_big_file_unchecked),
        TEST(test_store_close_takes_no_statistics),
        TEST(test_store_begin_says_why_it_failed),
        TEST(test_store_rollback_undoes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
