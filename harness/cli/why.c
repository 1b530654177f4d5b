/*
 * why: asks the process that works on a store what its run waits for. It listens at STORE.why (progress.h) and tells
 * its glance as JSON; nothing is sent to it.
 *
 * Nobody there: the lock says whether anybody works on the store at all, and the store which runs are left unfinished.
 */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "harness/base/json.h"
#include "harness/base/json_write.h"
#include "harness/base/listener.h"
#include "harness/cli/block.h"
#include "harness/cli/command.h"
#include "harness/cli/glance.h"
#include "harness/cli/print.h"
#include "harness/cli/progress.h"
#include "harness/cli/screen.h"
#include "results/store.h"

#define WAITS_DEFAULT 20
#define TIMEOUT_MS 10000

static const struct opt_spec OPTIONS[] = {
    { .name = "store", .argument = "FILE", .help = "the results database (default: vernier.db)" },
    { .name = "limit", .argument = "N", .help = "name so many waits, the longest first (default: 20, at most 200)" },
    { .name = "json", .help = "one JSON object on stdout" },
    { 0 },
};

static void print_block(const struct glance *glance, size_t limit)
{
    const struct block_style style = { .columns = isatty(STDOUT_FILENO) ? screen_columns() : 0, .waits_max = limit,
                                       .all_waits = true, .is_ascii = screen_is_ascii() };
    struct buf text;

    printf("process %lld works on it\n", (long long)glance->pid);
    buf_init(&text, 0);
    block_draw(glance, &style, &text);
    fwrite(text.data, 1, text.length, stdout);
    buf_fini(&text);
}

static void print_glance(struct glance *glance, size_t limit)
{
    struct buf text;

    buf_init(&text, 0);
    struct json_write w = json_write_to(&text);
    glance->wait_count = limit < glance->wait_count ? limit : glance->wait_count;
    json_open(&w, NULL, '{');
    json_add_bool(&w, "working", true);
    glance_write(glance, &w);
    json_close(&w);
    buf_add_char(&text, '\n');
    print_redacted(&text);
    buf_fini(&text);
}

static int print_told(const struct opt *opt, const struct buf *told, size_t limit, struct err *err)
{
    struct arena *arena = arena_new();
    struct json_doc *doc = json_parse(told->data, told->length, err);
    struct glance glance;
    int status = doc == NULL ? -1 : glance_read(json_root(doc), arena, &glance, err);

    if (status < 0)
        err_prefix(err, "%s: what its writer told is no answer: ", store_name(opt));
    else if (opt_has(opt, "json"))
        print_glance(&glance, limit);
    else
        print_block(&glance, limit);
    json_free(doc);
    arena_free(arena);
    return status < 0 ? -1 : EXIT_OK;
}

static bool is_unfinished(const struct run_row *run)
{
    return strcmp(run->state, "complete") != 0;
}

static void print_idle(const struct opt *opt, const char *writer, const struct run_row *runs, size_t count)
{
    if (writer[0] != '\0') {
        print_foreign(writer);
        printf(" works on %s and cannot be asked\n", store_name(opt));
        return;
    }
    printf("nobody works on %s\n", store_name(opt));
    for (size_t i = 0; i < count; i++) {
        if (!is_unfinished(&runs[i]))
            continue;
        printf("run %s of ", runs[i].name);
        print_foreign(runs[i].model);
        printf(" is unfinished; `vernier run --resume %s --store %s` goes on\n", runs[i].name, store_name(opt));
    }
}

static void write_idle(const struct opt *opt, const char *writer, const struct run_row *runs, size_t count)
{
    struct buf text;

    buf_init(&text, 0);
    struct json_write w = json_write_to(&text);
    json_open(&w, NULL, '{');
    json_add_bool(&w, "working", false);
    json_add_string(&w, "store", store_name(opt));
    json_add_string(&w, "writer", writer[0] != '\0' ? writer : NULL);
    json_open(&w, "unfinished", '[');
    for (size_t i = 0; i < count; i++)
        if (is_unfinished(&runs[i]))
            json_add_string(&w, NULL, runs[i].name);
    json_close(&w);
    json_close(&w);
    buf_add_char(&text, '\n');
    print_redacted(&text);
    buf_fini(&text);
}

/* Nobody answers: who works there, if anybody, and what is left to do. */
static int tell_idle(const struct opt *opt, struct err *err)
{
    struct arena *arena = arena_new();
    struct store *store = store_open_read(store_name(opt), err);
    struct run_row *runs;
    size_t count;
    struct buf writer;
    int status = store == NULL ? -1 : store_list_runs(store, arena, &runs, &count, err);

    buf_init(&writer, 0);
    if (store_find_writer(store_name(opt), &writer) && writer.length == 0)
        buf_add_string(&writer, "a process");
    if (status == 0 && opt_has(opt, "json"))
        write_idle(opt, writer.data, runs, count);
    else if (status == 0)
        print_idle(opt, writer.data, runs, count);
    buf_fini(&writer);
    store_close(store);
    arena_free(arena);
    return status < 0 ? -1 : EXIT_UNAVAILABLE;
}

static int run(const struct opt *opt, struct err *err)
{
    int64_t limit = WAITS_DEFAULT;
    struct buf path, told;
    int asked, code;

    if (opt_operand_count(opt) > 0)
        return err_set_code(err, EXIT_USAGE, "expected no word but options, found \"%s\"", opt_operand(opt, 0));
    if (opt_int(opt, "limit", 0, PROGRESS_WAITS_TOLD, &limit, err) < 0)
        return -1;
    buf_init(&path, 0);
    buf_init(&told, 0);
    progress_add_socket(&path, store_name(opt));
    err->code = EXIT_UNAVAILABLE;
    asked = listener_ask(path.data, TIMEOUT_MS, &told, err);
    code = asked < 0 ? -1 : asked > 0 ? print_told(opt, &told, (size_t)limit, err) : tell_idle(opt, err);
    buf_fini(&told);
    buf_fini(&path);
    return code;
}

const struct command command_why = {
    .name = "why",
    .summary = "ask a running process how its run stands and what it waits for",
    .usage = "[options]",
    .examples = "  vernier why\n  vernier why --store nightly.db --limit 100\n  vernier why --json\n",
    .options = OPTIONS,
    .run = run,
};
