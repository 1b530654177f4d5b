#include "tests/cases/stage.h"

#include <errno.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/base/arena.h"
#include "harness/base/clock.h"
#include "harness/base/file.h"
#include "harness/base/mem.h"
#include "harness/base/proc.h"
#include "tests/cases/server.h"

#define WORDS_MAX 64
#define OUTPUT_MAX ((size_t)64 << 20)

/* Shorter than ctest's own limit, which kills us without a word and leaves our children to nobody. */
#define CASE_MS 100000

/* Ctrl-C and ctest's stop reach only us: our children lead groups of their own. */
static volatile sig_atomic_t stop_wanted;

static void want_stop(int number)
{
    (void)number;
    stop_wanted = 1;
}

static void heed_signals(void)
{
    struct sigaction action = { .sa_handler = want_stop };

    signal(SIGPIPE, SIG_IGN);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGHUP, &action, NULL);
}

/* Keys, proxies and addresses of whoever runs the tests are none of a case's business. */
static void clear_environment(const struct stage *stage)
{
    static const char *const NAMES[] = { "OPENAI_API_KEY", "OPENAI_BASE_URL", "HF_TOKEN", "HF_ENDPOINT", "HF_ROWS_ENDPOINT",
                                         "http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY" };

    for (size_t i = 0; i < sizeof NAMES / sizeof NAMES[0]; i++)
        unsetenv(NAMES[i]);
    setenv("no_proxy", "127.0.0.1", 1);
    setenv("HOME", stage->dir, 1);
    setenv("XDG_CACHE_HOME", stage->dir, 1);
    setenv("HF_HUB_OFFLINE", "1", 1);      /* a case that fetches has a server of its own */
    setenv("VERNIER", stage->vernier, 1);
}

int stage_open(struct stage *stage, struct err *err)
{
    const char *tmp = getenv("TMPDIR");

    stage->arena = arena_new();
    stage->deadline_ms = clock_monotonic_ms() + CASE_MS;
    stage->url = "http://127.0.0.1:9/v1";      /* the discard port: nobody listens */
    stage->port = 0;
    buf_init(&stage->output, OUTPUT_MAX);
    buf_init(&stage->error, OUTPUT_MAX);
    stage->top = arena_printf(stage->arena, "%s/vernier-case-XXXXXX", tmp != NULL ? tmp : "/tmp");
    if (mkdtemp(stage->top) == NULL)
        return err_set(err, "%s: %s", stage->top, strerror(errno));
    stage->dir = arena_printf(stage->arena, "%s/work", stage->top);
    if (mkdir(stage->dir, 0755) < 0 || chmod(stage->top, 0755) < 0)
        return err_set(err, "%s: %s", stage->dir, strerror(errno));
    clear_environment(stage);
    heed_signals();
    return 0;
}

static int remove_one(const char *path, const struct stat *there, int kind, struct FTW *ftw)
{
    (void)there;
    (void)kind;
    (void)ftw;
    return remove(path) < 0 && errno != ENOENT;
}

void stage_close(struct stage *stage)
{
    proc_free(stage->running);
    proc_free(stage->started);
    server_stop(stage->server);
    if (stage->dir != NULL)
        nftw(stage->top, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    buf_fini(&stage->output);
    buf_fini(&stage->error);
    arena_free(stage->arena);
}

static const char *find_value(const struct stage *stage, const char *name, size_t length)
{
    const char *const PLACES[][2] = {
        { "URL", stage->url }, { "PORT", arena_printf(stage->arena, "%d", stage->port) }, { "DIR", stage->dir },
        { "CASE", stage->folder }, { "SHARED", stage->shared }, { "VERNIER", stage->vernier },
    };

    for (size_t i = 0; i < sizeof PLACES / sizeof PLACES[0]; i++)
        if (strlen(PLACES[i][0]) == length && strncmp(PLACES[i][0], name, length) == 0)
            return PLACES[i][1];
    return NULL;
}

char *stage_fill(const struct stage *stage, const char *text)
{
    struct buf out;
    char *filled;

    buf_init(&out, 0);
    while (*text != '\0') {
        size_t length = text[0] == '{' ? strcspn(text + 1, "}") : 0;
        const char *value = length > 0 ? find_value(stage, text + 1, length) : NULL;
        if (value != NULL)
            buf_add_string(&out, value);
        else
            buf_add_char(&out, *text);
        text += value != NULL ? length + 2 : 1;
    }
    filled = arena_strdup(stage->arena, out.data);
    buf_fini(&out);
    return filled;
}

int stage_serve(struct stage *stage, const char *script, struct err *err)
{
    char *path = file_join(stage->arena, stage->folder, stage_fill(stage, script));
    char *log = arena_printf(stage->arena, "%s/server.log", stage->top);

    server_stop(stage->server);
    stage->server = NULL;
    if (strcmp(script, "off") == 0)
        return 0;
    stage->server = server_start(stage->fake_server, path, log, stage->port, err);
    if (stage->server == NULL)
        return -1;
    stage->port = server_port(stage->server);
    stage->url = arena_strdup(stage->arena, server_url(stage->server));
    return 0;
}

int stage_copy(struct stage *stage, const char *name, const char *as, struct err *err)
{
    char *from = file_join(stage->arena, stage->folder, name), *to = file_join(stage->arena, stage->dir, as), *filled;
    struct buf text;
    int result;

    buf_init(&text, 0);
    result = file_read(from, &text, err);
    if (result == 0) {
        filled = stage_fill(stage, text.data);
        /* A file with NUL bytes is copied as it is. */
        result = strlen(text.data) < text.length ? file_write(to, text.data, text.length, false, err)
                                                 : file_write(to, filled, strlen(filled), false, err);
    }
    buf_fini(&text);
    return result;
}

/* The next word of *at, quotes undone; NULL at the end. */
static char *take_word(struct arena *arena, const char **at)
{
    const char *c = *at + strspn(*at, " \t");
    struct buf word;
    bool quoted = false;
    char *taken;

    if (*c == '\0')
        return NULL;
    buf_init(&word, 0);
    for (; *c != '\0' && (quoted || (*c != ' ' && *c != '\t')); c++)
        if (*c == '"')
            quoted = !quoted;
        else
            buf_add_char(&word, *c);
    *at = c;
    taken = arena_strdup(arena, word.data);
    buf_fini(&word);
    return taken;
}

static int split_words(struct stage *stage, const char *words, const char **argv, struct err *err)
{
    size_t count = 0;

    argv[count++] = stage->vernier;
    for (char *word; (word = take_word(stage->arena, &words)) != NULL;) {
        if (count == WORDS_MAX - 1)
            return err_set(err, "more than %d words", WORDS_MAX);
        argv[count++] = stage_fill(stage, word);
    }
    argv[count] = NULL;
    return 0;
}

static struct proc *spawn(struct stage *stage, const char *words, bool is_shell, struct err *err)
{
    const char *argv[WORDS_MAX] = { "/bin/sh", "-c", stage_fill(stage, words), NULL };
    int64_t left_ms = stage->deadline_ms - clock_monotonic_ms();
    struct proc_spec spec = { .argv = argv, .folder = stage->dir, .output_max = OUTPUT_MAX,
                              .timeout_ms = left_ms > 0 ? left_ms : 1 };

    if (!is_shell && split_words(stage, words, argv, err) < 0)
        return NULL;
    return proc_start(&spec, err);
}

static void keep(struct stage *stage, const struct proc *proc)
{
    stage->code = proc->end == PROC_EXITED ? proc->status : 128 + proc->status;
    buf_clear(&stage->output);
    buf_clear(&stage->error);
    buf_add(&stage->output, proc->output.data, proc->output.length);
    buf_add(&stage->error, proc->error.data, proc->error.length);
}

/* Waits for *proc, keeps what it said, and ends what it left behind in its group. */
static int finish(struct stage *stage, struct proc **proc, struct err *err)
{
    bool in_time;

    while (!proc_poll(*proc, 100))
        if (stop_wanted)
            proc_signal(*proc, SIGKILL);
    kill(-(*proc)->pid, SIGKILL);
    keep(stage, *proc);
    in_time = (*proc)->end != PROC_TIMED_OUT;
    proc_free(*proc);
    *proc = NULL;
    if (stop_wanted)
        return err_set(err, "stopped by a signal");
    return in_time ? 0 : err_set(err, "did not end in time; stderr: %.600s", stage->error.data);
}

int stage_run(struct stage *stage, const char *words, bool is_shell, struct err *err)
{
    int64_t started_ms = clock_monotonic_ms();
    int result;

    stage->running = spawn(stage, words, is_shell, err);
    if (stage->running == NULL)
        return -1;
    result = finish(stage, &stage->running, err);
    stage->elapsed_ms = clock_monotonic_ms() - started_ms;
    return result;
}

int stage_start(struct stage *stage, const char *words, struct err *err)
{
    if (stage->started != NULL)
        return err_set(err, "a command runs already; wait for it first");
    stage->started_ms = clock_monotonic_ms();
    stage->started = spawn(stage, words, false, err);
    return stage->started != NULL ? 0 : -1;
}

int stage_signal(struct stage *stage, int number, struct err *err)
{
    if (stage->started == NULL)
        return err_set(err, "no command runs");
    proc_signal(stage->started, number);
    return 0;
}

int stage_wait(struct stage *stage, struct err *err)
{
    int result;

    if (stage->started == NULL)
        return err_set(err, "no command runs");
    result = finish(stage, &stage->started, err);
    stage->elapsed_ms = clock_monotonic_ms() - stage->started_ms;
    return result;
}

int stage_linger(struct stage *stage, const char *what, struct err *err)
{
    if (stage->started == NULL)
        return err_set(err, "no command runs");
    if (proc_poll(stage->started, 10) || stop_wanted)
        return err_set(err, "the command ended before %s: %.600s", what, stage->started->error.data);
    return 0;
}

int stage_meet(struct stage *stage, size_t count, struct err *err)
{
    const char *what = arena_printf(stage->arena, "request %zu", count);

    if (stage->server == NULL)
        return err_set(err, "no server runs");
    while (server_count(stage->server) < count)
        if (stage_linger(stage, what, err) < 0)
            return -1;
    return 0;
}

int stage_hear(struct stage *stage, const char *text, struct err *err)
{
    do {
        if (stage_linger(stage, text, err) < 0)
            return -1;
    } while (memmem(stage->started->error.data, stage->started->error.length, text, strlen(text)) == NULL);
    return 0;
}

/* nftw hands nothing of ours to its callback. */
static const char *wanted;
static struct buf found;

static int look_into(const char *path, const struct stat *there, int kind, struct FTW *ftw)
{
    struct err ignored = ERR_INIT;
    struct buf bytes;
    bool hit;

    (void)ftw;
    if (kind != FTW_F || !S_ISREG(there->st_mode))
        return 0;
    buf_init(&bytes, OUTPUT_MAX);
    file_read(path, &bytes, &ignored);
    hit = memmem(bytes.data, bytes.length, wanted, strlen(wanted)) != NULL;
    if (hit)
        buf_add_string(&found, path);
    buf_fini(&bytes);
    return hit;
}

const char *stage_find(const struct stage *stage, const char *text)
{
    const char *path;

    wanted = text;
    buf_init(&found, 0);
    nftw(stage->dir, look_into, 16, FTW_PHYS);
    path = found.length > 0 ? arena_strdup(stage->arena, found.data) : NULL;
    buf_fini(&found);
    return path;
}
