#include "harness/cli/print.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "harness/base/opt.h"
#include "harness/base/redact.h"
#include "harness/base/text.h"
#include "reports/reports.h"
#include "reports/scoreboard.h"
#include "reports/versus.h"
#include "results/store.h"

/* A report is text for people; one that is longer went wrong somewhere. */
#define PRINT_MAX ((size_t)1 << 30)

const char *store_name(const struct opt *opt)
{
    const char *name = opt_value(opt, "store");

    return name != NULL ? name : "vernier.db";
}

const char *print_state(const char *store, const struct run_row *run)
{
    bool is_stopped = strcmp(run->state, "running") == 0;
    struct buf writer;

    buf_init(&writer, 0);
    is_stopped = is_stopped && !store_find_writer(store, &writer);
    buf_fini(&writer);
    return is_stopped ? "stopped" : run->state;
}

void print_redacted(const struct buf *text)
{
    struct buf safe;

    buf_init(&safe, PRINT_MAX);
    redact_add(&safe, text->data, text->length);
    fwrite(safe.data, 1, safe.length, stdout);
    buf_fini(&safe);
}

void print_out(struct buf *text)
{
    print_redacted(text);
    buf_clear(text);
}

void print_add_foreign(struct buf *out, const char *text)
{
    struct buf clean;

    buf_init(&clean, 0);
    redact_add(&clean, text, strlen(text));
    text_show(out, clean.data, clean.length);
    buf_fini(&clean);
}

void print_foreign(const char *text)
{
    print_cell(text, 0);
}

void print_cell(const char *text, size_t columns)
{
    struct buf shown;

    buf_init(&shown, 0);
    print_add_foreign(&shown, text);
    fwrite(shown.data, 1, shown.length, stdout);
    for (size_t width = text_width(shown.data); width < columns; width++)
        putchar(' ');
    buf_fini(&shown);
}

/* A person reads it, who did not ask for a format: it fits his terminal. 0: it may be as wide as it is. */
static size_t width_for(const char *format)
{
    struct winsize size = { 0 };

    if (format != NULL || isatty(STDOUT_FILENO) != 1 || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) < 0)
        return 0;
    return size.ws_col;
}

static const struct report *report_for(const char *format)
{
    return reports_find(format != NULL ? format : "md");
}

static void print_board(const struct scoreboard *board, const struct report *report)
{
    struct buf text;

    buf_init(&text, PRINT_MAX);
    if (board->by == SCORE_BY_NOTHING)
        report->write(board, &text);
    else
        report->write_parts(board, &text);
    print_redacted(&text);
    buf_fini(&text);
}

int print_runs(struct store *store, const struct run_row *runs, size_t count, const struct score_budget *budget,
               const char *format, struct err *err)
{
    struct arena *arena = arena_new();
    struct scoreboard *board = scoreboard_gather(store, arena, runs, count, SCORE_BY_NOTHING, err);

    if (board != NULL) {
        board->budget = budget;
        board->width = width_for(format);
        print_board(board, report_for(format));
    }
    arena_free(arena);
    return board != NULL ? 0 : -1;
}

int print_parts(struct store *store, const struct run_row *runs, size_t count, enum score_by by, const char *format,
                struct err *err)
{
    struct arena *arena = arena_new();
    struct scoreboard *board = scoreboard_gather(store, arena, runs, count, by, err);

    if (board != NULL) {
        board->width = width_for(format);
        print_board(board, report_for(format));
    }
    arena_free(arena);
    return board != NULL ? 0 : -1;
}

int print_versus(struct store *store, const struct run_row *runs, size_t count, const struct run_row *base,
                 const char *format, struct err *err)
{
    struct arena *arena = arena_new();
    const struct versus *versus = versus_gather(store, arena, runs, count, base, err);
    struct buf text;

    if (versus != NULL) {
        buf_init(&text, PRINT_MAX);
        if (format != NULL && strcmp(format, "json") == 0)
            versus_write_json(versus, &text);
        else
            versus_write(versus, width_for(format), &text);
        print_redacted(&text);
        buf_fini(&text);
    }
    arena_free(arena);
    return versus != NULL ? 0 : -1;
}
