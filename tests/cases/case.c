/*
 * case: plays one case, a folder with a file `case` of steps (README.md). Each word is a function in the table WORDS; a
 * function that finds the world other than expected says so and the case goes on, so one run shows all that is wrong.
 *
 *     case VERNIER FAKE_SERVER SHARED FOLDER       exit 0: as expected, 1: not, 77: skipped, 65: the case is wrong
 */
#include <grp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/base/arena.h"
#include "harness/base/file.h"
#include "harness/base/json.h"
#include "harness/base/text.h"
#include "tests/cases/query.h"
#include "tests/cases/server.h"
#include "tests/cases/stage.h"
#include "tests/cases/steps.h"

#define EXIT_SKIPPED 77
#define KEPT_MAX 16
#define SHOWN_MAX 3000

struct play {
    struct stage stage;
    struct steps steps;
    size_t at;                       /* of the step at hand */
    const char *path, *store;        /* of the case file; of the store that sql reads */
    struct { const char *name, *sql, *rows; } kept[KEPT_MAX];
    size_t kept_count, failed;
    bool skipped, shown;             /* shown: the last command's output, once */
};

/* 0, or -1 with err set when the case cannot go on. */
typedef int word_fn(struct play *play, const char *rest, struct err *err);

static void show(const char *name, const struct buf *text)
{
    struct buf clean;

    buf_init(&clean, 0);
    text_show(&clean, text->data, text->length < SHOWN_MAX ? text->length : SHOWN_MAX);
    printf("  --- %s\n%s\n", name, clean.data);
    buf_fini(&clean);
}

/* Says what was expected, with the last command's words the first time. Always 0: the case goes on. */
__attribute__((format(printf, 2, 3)))
static int fail(struct play *play, const char *fmt, ...)
{
    va_list args;

    printf("%s line %zu: ", play->path, play->steps.items[play->at].line);
    va_start(args, fmt);
    vprintf(fmt, args);
    va_end(args);
    putchar('\n');
    if (!play->shown) {
        show("stdout", &play->stage.output);
        show("stderr", &play->stage.error);
    }
    play->shown = true;
    play->failed++;
    return 0;
}

static bool holds(const struct buf *text, const char *part)
{
    return memmem(text->data, text->length, part, strlen(part)) != NULL;
}

/* Backslash escapes: \n \t \\ \xHH. */
static char *unescape(struct arena *arena, const char *text)
{
    struct buf out;
    char *plain;

    buf_init(&out, 0);
    for (; *text != '\0'; text++) {
        unsigned byte = 0;
        if (text[0] == '\\' && text[1] == 'x' && sscanf(text + 2, "%2x", &byte) == 1) {
            buf_add_char(&out, (char)byte);
            text += 3;
        } else if (text[0] == '\\' && text[1] != '\0') {
            text++;
            buf_add_char(&out, *text == 'n' ? '\n' : *text == 't' ? '\t' : *text);
        } else {
            buf_add_char(&out, *text);
        }
    }
    plain = arena_strdup(arena, out.data);
    buf_fini(&out);
    return plain;
}

static char *read_text(struct play *play, const char *rest)
{
    return unescape(play->stage.arena, stage_fill(&play->stage, rest));
}

/* Exit 0 is expected of a command unless its steps say otherwise. */
static bool says_exit(const struct play *play)
{
    static const char *const COMMANDS[] = { "vernier", "sh", "start", "wait" };

    for (size_t i = play->at + 1; i < play->steps.count; i++) {
        if (strcmp(play->steps.items[i].word, "exit") == 0)
            return true;
        for (size_t k = 0; k < sizeof COMMANDS / sizeof COMMANDS[0]; k++)
            if (strcmp(play->steps.items[i].word, COMMANDS[k]) == 0)
                return false;
    }
    return false;
}

/* What no command may ever do. */
static int check_health(struct play *play)
{
    const struct buf *said = &play->stage.error;

    play->shown = false;
    if (holds(said, "Sanitizer") || holds(said, "runtime error:") || holds(said, "Assertion"))
        fail(play, "the program is broken");
    if (play->stage.code != 0 && !says_exit(play))
        fail(play, "expected exit 0, found %d", play->stage.code);
    return 0;
}

static int do_vernier(struct play *play, const char *rest, struct err *err)
{
    return stage_run(&play->stage, rest, false, err) < 0 ? -1 : check_health(play);
}

static int do_sh(struct play *play, const char *rest, struct err *err)
{
    return stage_run(&play->stage, rest, true, err) < 0 ? -1 : check_health(play);
}

static int do_start(struct play *play, const char *rest, struct err *err)
{
    return stage_start(&play->stage, rest, err);
}

static int do_wait(struct play *play, const char *rest, struct err *err)
{
    (void)rest;
    return stage_wait(&play->stage, err) < 0 ? -1 : check_health(play);
}

static int do_met(struct play *play, const char *rest, struct err *err)
{
    return stage_meet(&play->stage, (size_t)atol(rest), err);
}

static int do_signal(struct play *play, const char *rest, struct err *err)
{
    static const struct { const char *name; int number; } SIGNALS[] = {
        { "INT", SIGINT }, { "TERM", SIGTERM }, { "KILL", SIGKILL } };

    for (size_t i = 0; i < sizeof SIGNALS / sizeof SIGNALS[0]; i++)
        if (strcmp(SIGNALS[i].name, rest) == 0)
            return stage_signal(&play->stage, SIGNALS[i].number, err);
    return err_set(err, "expected INT, TERM or KILL, found \"%s\"", rest);
}

static int do_told(struct play *play, const char *rest, struct err *err)
{
    return stage_hear(&play->stage, read_text(play, rest), err);
}

static int skip(struct play *play, const char *why)
{
    printf("skipped: %s\n", why);
    play->skipped = true;
    return 0;
}

/* Root may write everywhere, so the commands of the case are somebody else's. */
static int become_nobody(struct play *play, struct err *err)
{
    const uid_t nobody = 65534;

    if (geteuid() != 0)
        return 0;
    if (chown(play->stage.top, nobody, nobody) < 0 || chown(play->stage.dir, nobody, nobody) < 0 ||
        setgroups(0, NULL) < 0 || setgid(nobody) < 0 || setuid(nobody) < 0)
        return err_set(err, "cannot be another user than root");
    return access(play->stage.vernier, X_OK) == 0 ? 0 : skip(play, "only root may start the program here");
}

static int needs_program(struct play *play, const char *name, struct err *err)
{
    char why[128];

    snprintf(why, sizeof why, "no program %s here", name);
    if (stage_run(&play->stage, arena_printf(play->stage.arena, "command -v %s", name), true, err) < 0)
        return -1;
    return play->stage.code == 0 ? 0 : skip(play, why);
}

static int do_needs(struct play *play, const char *rest, struct err *err)
{
    if (strcmp(rest, "shared") == 0)
        return file_exists(stage_fill(&play->stage, "{SHARED}/data")) ? 0 : skip(play, "no shared test data here");
    if (strcmp(rest, "user") == 0)
        return become_nobody(play, err);
    if (strncmp(rest, "program ", 8) == 0)
        return needs_program(play, rest + 8, err);
    if (strcmp(rest, "mount") != 0)
        return err_set(err, "expected shared, user, mount or program NAME, found \"%s\"", rest);
    if (stage_run(&play->stage, "unshare -m mount -t tmpfs none {DIR}", true, err) < 0)
        return -1;
    return play->stage.code == 0 ? 0 : skip(play, "a file system can be mounted by root only");
}

static int do_set(struct play *play, const char *rest, struct err *err)
{
    char *pair = stage_fill(&play->stage, rest), *sign = strchr(pair, '=');

    if (sign == NULL)
        return err_set(err, "expected NAME=VALUE");
    *sign = '\0';
    setenv(pair, sign + 1, 1);
    return 0;
}

static int do_serve(struct play *play, const char *rest, struct err *err)
{
    return stage_serve(&play->stage, rest, err);
}

static int do_copy(struct play *play, const char *rest, struct err *err)
{
    size_t length = strcspn(rest, " ");
    char *name = arena_strndup(play->stage.arena, rest, length);
    const char *as = rest + length + strspn(rest + length, " ");

    return stage_copy(&play->stage, name, as[0] != '\0' ? as : name, err);
}

static int do_store(struct play *play, const char *rest, struct err *err)
{
    (void)err;
    play->store = file_join(play->stage.arena, play->stage.dir, stage_fill(&play->stage, rest));
    return 0;
}

static int do_exit(struct play *play, const char *rest, struct err *err)
{
    (void)err;
    return atoi(rest) == play->stage.code ? 0 : fail(play, "expected exit %s, found %d", rest, play->stage.code);
}

static int do_out(struct play *play, const char *rest, struct err *err)
{
    (void)err;
    return holds(&play->stage.output, read_text(play, rest)) ? 0 : fail(play, "expected on stdout: %s", rest);
}

static int do_no_out(struct play *play, const char *rest, struct err *err)
{
    (void)err;
    return holds(&play->stage.output, read_text(play, rest)) ? fail(play, "not expected on stdout: %s", rest) : 0;
}

static int do_err(struct play *play, const char *rest, struct err *err)
{
    (void)err;
    return holds(&play->stage.error, read_text(play, rest)) ? 0 : fail(play, "expected on stderr: %s", rest);
}

static int do_no_err(struct play *play, const char *rest, struct err *err)
{
    (void)err;
    return holds(&play->stage.error, read_text(play, rest)) ? fail(play, "not expected on stderr: %s", rest) : 0;
}

static int do_json(struct play *play, const char *rest, struct err *err)
{
    struct err why = ERR_INIT;
    struct json_doc *doc = json_parse(play->stage.output.data, play->stage.output.length, &why);
    bool good = doc != NULL && json_kind(json_root(doc)) == JSON_OBJECT;

    (void)rest;
    (void)err;
    json_free(doc);
    return good ? 0 : fail(play, "expected one JSON object on stdout: %s", why.text);
}

static int do_within(struct play *play, const char *rest, struct err *err)
{
    int64_t elapsed_ms = play->stage.elapsed_ms;

    (void)err;
    if ((double)elapsed_ms <= atof(rest) * 1000)
        return 0;
    return fail(play, "took %.1f s, not within %s", (double)elapsed_ms / 1000, rest);
}

static const char *ask_store(struct play *play, const char *sql, struct err *err)
{
    struct buf rows;
    const char *text = NULL;

    buf_init(&rows, 0);
    if (query_run(play->store, sql, &rows, err) == 0)
        text = arena_strndup(play->stage.arena, rows.data, rows.length);
    buf_fini(&rows);
    return text;
}

/* The store may not be there yet, nor its tables. */
static int do_until(struct play *play, const char *rest, struct err *err)
{
    bool holds_now = false;

    while (!holds_now) {
        struct err not_yet = ERR_INIT;
        const char *rows = ask_store(play, rest, &not_yet);
        holds_now = rows != NULL && strcmp(rows, "1\n") == 0;
        if (!holds_now && stage_linger(&play->stage, rest, err) < 0)
            return -1;
    }
    return 0;
}

/* The `=` steps after it are its rows. */
static int do_sql(struct play *play, const char *rest, struct err *err)
{
    const char *found = ask_store(play, stage_fill(&play->stage, rest), err);
    struct buf expected;

    if (found == NULL)
        return fail(play, "%s", err->text);
    buf_init(&expected, 0);
    for (size_t i = play->at + 1; i < play->steps.count && strcmp(play->steps.items[i].word, "=") == 0; i++)
        buf_addf(&expected, "%s\n", read_text(play, play->steps.items[i].rest));
    if (strcmp(expected.data, found) != 0)
        fail(play, "expected the rows\n%s--- found\n%s---", expected.data, found);
    buf_fini(&expected);
    return 0;
}

static int do_change(struct play *play, const char *rest, struct err *err)
{
    return query_change(play->store, stage_fill(&play->stage, rest), err);
}

/* Says what README promises in the case's name, for tests/promises: the row is tried|failed. */
static int do_promise(struct play *play, const char *rest, struct err *err)
{
    const char *found = ask_store(play, rest, err);
    long tried, failed;

    if (found == NULL)
        return -1;
    if (sscanf(found, "%ld|%ld", &tried, &failed) != 2)
        return err_set(err, "expected a row tried|failed, found %s", found);
    printf("promise: %ld tried, %ld failed\n", tried, failed);
    return 0;
}

/* A row is read by the sql step before it. */
static int do_row(struct play *play, const char *rest, struct err *err)
{
    const char *before = play->at > 0 ? play->steps.items[play->at - 1].word : "";

    (void)rest;
    if (strcmp(before, "sql") != 0 && strcmp(before, "=") != 0)
        return err_set(err, "expected after sql or another row");
    return 0;
}

static int do_keep(struct play *play, const char *rest, struct err *err)
{
    size_t length = strcspn(rest, " ");
    const char *sql = rest + length + strspn(rest + length, " "), *rows = ask_store(play, sql, err);

    if (play->kept_count == KEPT_MAX || sql[0] == '\0')
        return err_set(err, "expected NAME SQL, at most %d of them", KEPT_MAX);
    if (rows == NULL)
        return -1;
    play->kept[play->kept_count].name = arena_strndup(play->stage.arena, rest, length);
    play->kept[play->kept_count].sql = sql;
    play->kept[play->kept_count++].rows = rows;
    return 0;
}

static int do_same(struct play *play, const char *rest, struct err *err)
{
    for (size_t i = 0; i < play->kept_count; i++) {
        const char *now;
        if (strcmp(play->kept[i].name, rest) != 0)
            continue;
        now = ask_store(play, play->kept[i].sql, err);
        if (now == NULL || strcmp(now, play->kept[i].rows) != 0)
            fail(play, "changed from\n%s--- to\n%s---", play->kept[i].rows, now != NULL ? now : err->text);
        return 0;
    }
    return err_set(err, "nothing is kept as \"%s\"", rest);
}

static int do_requests(struct play *play, const char *rest, struct err *err)
{
    size_t count = play->stage.server != NULL ? server_count(play->stage.server) : 0;

    (void)err;
    return count == (size_t)atol(rest) ? 0 : fail(play, "expected %s requests, found %zu", rest, count);
}

static int do_asked(struct play *play, const char *rest, struct err *err)
{
    (void)err;
    if (play->stage.server != NULL && server_was_asked(play->stage.server, stage_fill(&play->stage, rest)))
        return 0;
    return fail(play, "the server was not asked: %s", rest);
}

static int do_not_asked(struct play *play, const char *rest, struct err *err)
{
    (void)err;
    if (play->stage.server != NULL && server_was_asked(play->stage.server, stage_fill(&play->stage, rest)))
        return fail(play, "the server was asked: %s", rest);
    return 0;
}

static int do_nowhere(struct play *play, const char *rest, struct err *err)
{
    const char *text = read_text(play, rest), *path = stage_find(&play->stage, text);

    (void)err;
    if (path != NULL)
        fail(play, "%s stands in %s", rest, path);
    if (holds(&play->stage.output, text) || holds(&play->stage.error, text))
        fail(play, "%s was printed", rest);
    return 0;
}

static const struct { const char *word; word_fn *run; } WORDS[] = {
    { "needs", do_needs }, { "set", do_set }, { "serve", do_serve }, { "copy", do_copy }, { "store", do_store },
    { "vernier", do_vernier }, { "sh", do_sh }, { "start", do_start }, { "met", do_met }, { "told", do_told },
    { "until", do_until }, { "signal", do_signal }, { "wait", do_wait }, { "exit", do_exit }, { "out", do_out },
    { "out!", do_no_out }, { "err", do_err }, { "err!", do_no_err }, { "json", do_json }, { "within", do_within },
    { "sql", do_sql }, { "=", do_row }, { "keep", do_keep }, { "same", do_same }, { "requests", do_requests },
    { "asked", do_asked }, { "asked!", do_not_asked }, { "nowhere", do_nowhere }, { "change", do_change },
    { "promise", do_promise },
};

#define WORD_COUNT (sizeof WORDS / sizeof WORDS[0])

static word_fn *find_word(const char *word)
{
    size_t i = 0;

    while (strcmp(WORDS[i].word, word) != 0)      /* steps_read let only words of the table through */
        i++;
    return WORDS[i].run;
}

static int play_steps(struct play *play, struct err *err)
{
    for (play->at = 0; play->at < play->steps.count && !play->skipped; play->at++) {
        const struct step *step = &play->steps.items[play->at];
        if (find_word(step->word)(play, step->rest, err) < 0)
            return err_prefix(err, "%s line %zu: %s: ", play->path, step->line, step->word);
    }
    return 0;
}

static int read_steps(struct play *play, struct err *err)
{
    const char *words[WORD_COUNT + 1] = { NULL };

    for (size_t i = 0; i < WORD_COUNT; i++)
        words[i] = WORDS[i].word;
    play->path = file_join(play->stage.arena, play->stage.folder, "case");
    play->store = file_join(play->stage.arena, play->stage.dir, "vernier.db");
    return steps_read(play->path, words, play->stage.arena, &play->steps, err);
}

int main(int argc, char **argv)
{
    struct play play = { 0 };
    struct err err = ERR_INIT;
    int status;

    if (argc != 5) {
        fputs("usage: case VERNIER FAKE_SERVER SHARED FOLDER\n", stderr);
        return EXIT_USAGE;
    }
    play.stage = (struct stage){ .vernier = argv[1], .fake_server = argv[2], .shared = argv[3], .folder = argv[4] };
    status = stage_open(&play.stage, &err);
    if (status == 0)
        status = read_steps(&play, &err) < 0 || play_steps(&play, &err) < 0 ? -1 : 0;
    if (status < 0)
        printf("%s\n", err.text);
    stage_close(&play.stage);
    if (play.skipped)
        return EXIT_SKIPPED;
    return status < 0 ? (int)err.code : play.failed > 0;
}
