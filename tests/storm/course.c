#include "tests/storm/course.h"

#include <errno.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/base/arena.h"
#include "harness/base/clock.h"
#include "harness/base/file.h"
#include "harness/base/mem.h"
#include "harness/base/proc.h"
#include "tests/cases/query.h"
#include "tests/cases/server.h"

#define RUN_MS 280000
#define WORDS_MAX 64

extern char **environ;

static int write_data(struct course *course, struct err *err)
{
    char *path = arena_printf(course->arena, "%s/sums.jsonl", course->scratch);
    struct buf rows;
    int result;

    buf_init(&rows, 0);
    for (size_t i = 1; i <= course->samples; i++)
        buf_addf(&rows, "{\"id\": \"s%04zu\", \"problem\": \"Case s%04zu: what is 3 + 4?\", \"answer\": 7}\n", i, i);
    result = file_write(path, rows.data, rows.length, false, err);
    buf_fini(&rows);
    course->data = arena_printf(course->arena, "aime2025=%s", path);
    return result;
}

int course_open(struct course *course, int argc, char **argv, size_t samples, struct err *err)
{
    *course = (struct course){ .scratch = "/tmp/vernier-storm-XXXXXX", .samples = samples };
    if (argc < 4)
        return err_set_code(err, EXIT_USAGE, "usage: %s VERNIER FAKE_SERVER SCRIPTS", argv[0]);
    course->vernier = argv[1];
    course->fake_server = argv[2];
    course->scripts = argv[3];
    signal(SIGPIPE, SIG_IGN);
    if (mkdtemp(course->scratch) == NULL)
        return err_set(err, "%s: %s", course->scratch, strerror(errno));
    course->arena = arena_new();
    return write_data(course, err);
}

static int remove_one(const char *path, const struct stat *there, int kind, struct FTW *ftw)
{
    (void)there;
    (void)kind;
    (void)ftw;
    return remove(path) < 0 && errno != ENOENT;
}

void course_close(struct course *course, bool keep)
{
    if (course->arena == NULL)
        return;
    if (keep)
        printf("what was found is kept in %s\n", course->scratch);
    else
        nftw(course->scratch, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    arena_free(course->arena);
}

/* Ours, then what is asked for beside it. */
static const char *const *make_environment(struct course *course, const char *const *more)
{
    size_t count = 0, more_count = 0;
    const char **all;

    while (environ[count] != NULL)
        count++;
    while (more != NULL && more[more_count] != NULL)
        more_count++;
    all = arena_calloc(course->arena, count + more_count + 1, sizeof all[0]);
    for (size_t i = 0; i < count; i++)
        all[i] = environ[i];
    for (size_t i = 0; i < more_count; i++)
        all[count + i] = more[i];
    return all;
}

static struct proc *start(struct course *course, const struct weather *weather, const char *url, const char *store,
                          struct err *err)
{
    const char *argv[WORDS_MAX] = {
        course->vernier, "run", "--task", "aime2025", "--data", course->data, "--epochs", "1", "--model", "openai/storm",
        "--base-url", url, "--max-connections", weather->connections, "--store", store, "--no-probe",
        "--max-hours", "0.5",
    };
    struct proc_spec spec = { .argv = argv, .environment = make_environment(course, weather->environment),
                              .folder = course->scratch, .output_max = 65536, .timeout_ms = RUN_MS };
    size_t count = 0;

    while (argv[count] != NULL)
        count++;
    for (size_t i = 0; weather->settings != NULL && weather->settings[i] != NULL && count < WORDS_MAX - 3; i++) {
        argv[count++] = "-M";
        argv[count++] = weather->settings[i];
    }
    return proc_start(&spec, err);
}

static int run_to_end(struct course *course, const struct weather *weather, const char *url, struct outcome *out,
                      struct err *err)
{
    int64_t started_ms = clock_monotonic_ms();
    struct proc *proc = start(course, weather, url, out->store, err);

    if (proc == NULL)
        return -1;
    proc_wait(proc);
    out->elapsed_ms = clock_monotonic_ms() - started_ms;
    out->code = proc->end == PROC_EXITED ? proc->status : 128 + proc->status;
    if (out->code != 0)
        printf("vernier ended with %d: %.2000s\n", out->code, proc->error.data);
    proc_free(proc);
    return 0;
}

int course_run(struct course *course, const struct weather *weather, struct outcome *out, struct err *err)
{
    char *script = arena_printf(course->arena, "%s/%s", course->scripts, weather->script);
    struct server *server;
    int result;

    course->runs++;
    *out = (struct outcome){ .store = arena_printf(course->arena, "%s/%zu.db", course->scratch, course->runs),
                             .log = arena_printf(course->arena, "%s/%zu.log", course->scratch, course->runs) };
    server = server_start(course->fake_server, script, out->log, 0, err);
    if (server == NULL)
        return -1;
    result = run_to_end(course, weather, server_url(server), out, err);
    out->requests = server_count(server);
    server_stop(server);
    return result;
}

long course_count(const struct outcome *outcome, const char *sql)
{
    struct err err = ERR_INIT;
    struct buf text;
    char *end;
    long count = -1;

    buf_init(&text, 0);
    if (query_run(outcome->store, sql, &text, &err) == 0) {
        count = strtol(text.data, &end, 10);
        count = end == text.data ? -1 : count;
    } else {
        printf("%s\n", err.text);
    }
    buf_fini(&text);
    return count;
}

int course_rows(const struct outcome *outcome, struct buf *out, struct err *err)
{
    return query_run(outcome->store,
                     "SELECT v.sample, v.epoch, v.outcome, v.score, v.answer, v.reason, v.truncated, v.no_answer, "
                     "v.refused, v.loop, v.tokens_in, v.tokens_out, json_remove(a.reply, '$.elapsed_ms') "
                     "FROM samples v JOIN sample s ON s.name = v.sample JOIN episode e ON e.sample = s.id "
                     "JOIN ask a ON a.episode = e.id AND a.kind = 'model' ORDER BY v.sample, v.epoch", out, err);
}

static const char *next_line(const char *line)
{
    const char *end = strchr(line, '\n');

    return end != NULL ? end + 1 : line + strlen(line);
}

size_t course_compare(const struct buf *left, const struct buf *right)
{
    const char *a = left->data, *b = right->data;
    size_t count = 0;

    while (*a != '\0' || *b != '\0') {
        const char *a_end = next_line(a), *b_end = next_line(b);

        if (a_end - a != b_end - b || memcmp(a, b, (size_t)(a_end - a)) != 0)
            if (count++ < 5)
                printf("expected %.*s   found %.*s", (int)(a_end - a), a, (int)(b_end - b), b);
        a = a_end;
        b = b_end;
    }
    return count;
}
