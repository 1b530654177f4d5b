#include "harness/cli/fetching.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "harness/base/clock.h"
#include "harness/base/json_write.h"
#include "harness/base/log.h"
#include "harness/base/redact.h"
#include "harness/base/text.h"
#include "harness/cli/print.h"
#include "harness/engine/task.h"
#include "tasks/hub/fetch.h"
#include "tasks/hub/hub.h"
#include "tasks/hub/shelf.h"

#define DRAWN_EVERY_MS 200
#define SAID_EVERY_MS 10000
#define COLUMNS_MAX 78

/* What stands on the terminal, or was said last. One fetch at a time, so one of these. */
static struct { int64_t told_ms; bool is_drawn; char what[256]; } line;

static void add_number(struct buf *out, int64_t rows)
{
    text_add_count(out, (uint64_t)rows);
}

static void add_size(struct buf *out, int64_t bytes)
{
    if (bytes < 1000000)
        buf_addf(out, "%.1f kB", (double)bytes / 1e3);
    else
        buf_addf(out, "%.1f MB", (double)bytes / 1e6);
}

static void add_progress(struct buf *out, const struct hub_progress *progress)
{
    void (*add)(struct buf *, int64_t) = progress->is_rows ? add_number : add_size;

    buf_addf(out, "fetching %s: ", progress->what);
    add(out, progress->done);
    if (progress->total > 0) {
        buf_add_string(out, " of ");
        add(out, progress->total);
    }
    if (progress->is_rows)
        buf_add_string(out, " rows");
    if (progress->total > 0)
        buf_addf(out, " (%d %%)", (int)(100 * progress->done / progress->total));
}

static void wipe(void)
{
    if (line.is_drawn)
        fputs("\r\x1b[K", stderr);
    line.is_drawn = false;
}

static void draw(const struct buf *text)
{
    struct buf bare, shown;

    buf_init(&bare, 0);
    buf_init(&shown, 0);
    redact_add(&bare, text->data, text->length);
    text_show_line(&shown, bare.data, bare.length, COLUMNS_MAX);
    wipe();
    fputs(shown.data, stderr);
    line.is_drawn = true;
    buf_fini(&shown);
    buf_fini(&bare);
}

/* The first and the last of each thing are told, and between them now and then. */
static bool is_due(const struct hub_progress *progress, int64_t every_ms)
{
    bool is_new = strncmp(line.what, progress->what, sizeof line.what - 1) != 0;
    int64_t now_ms = clock_monotonic_ms();

    if (!is_new && progress->done != progress->total && now_ms - line.told_ms < every_ms)
        return false;
    snprintf(line.what, sizeof line.what, "%s", progress->what);
    line.told_ms = now_ms;
    return true;
}

static int show(const struct hub_progress *progress)
{
    bool is_terminal = isatty(STDERR_FILENO) == 1;
    struct buf text;

    if (!is_due(progress, is_terminal ? DRAWN_EVERY_MS : SAID_EVERY_MS))
        return 0;
    buf_init(&text, 0);
    add_progress(&text, progress);
    if (is_terminal)
        draw(&text);
    else
        log_info("%s", text.data);
    buf_fini(&text);
    return 0;
}

void fetching_end(void)
{
    wipe();
    line.what[0] = '\0';
}

static void wait_for_other(const char *task)
{
    log_info("another process fetches %s; waiting for it", task);
}

const struct supply fetching_supply = { .show = show, .shown = fetching_end, .waits = wait_for_other };

static int show_to(void *nobody, const struct hub_progress *progress)
{
    (void)nobody;
    return show(progress);
}

void fetching_tell(struct hub *hub)
{
    hub->show = show_to;
}

/* --- what is in the cache --- */

void fetching_add_entry(struct buf *out, const struct manifest_entry *entry)
{
    char when[20];

    clock_format(entry->fetched_ms, when);
    add_number(out, entry->rows);
    buf_add_string(out, " rows, ");
    add_size(out, entry->bytes);
    if (entry->pictures > 0)
        buf_addf(out, ", %" PRId64 " pictures", entry->pictures);
    if (entry->revision != NULL)
        buf_addf(out, ", commit %.10s", entry->revision);
    buf_addf(out, ", %s %s", strcmp(entry->way, "disk") == 0 ? "from a file, taken" : "fetched", when);
}

/* The entry a run would use; NULL: none, or a cache that cannot be read. */
static const struct manifest_entry *find_entry(struct shelf *shelf, struct arena *arena, const struct task *task)
{
    struct err ignored = ERR_INIT;

    if (task->source.id == NULL || shelf_open(shelf, arena, task->name, &ignored) < 0)
        return NULL;
    return manifest_find(&shelf->manifest, &task->source, task->source.revision);
}

void fetching_print_place(const struct task *task, const char *indent)
{
    struct arena *arena = arena_new();
    struct shelf shelf;
    const struct manifest_entry *entry = find_entry(&shelf, arena, task);
    struct buf text;

    buf_init(&text, 0);
    if (entry != NULL) {
        buf_addf(&text, "here: %s (", shelf_path(&shelf, entry));
        fetching_add_entry(&text, entry);
        buf_add_char(&text, ')');
    } else if (fetch_can(&task->source)) {
        buf_addf(&text, "not here: vernier fetch %s", task->name);
    }
    if (text.length > 0) {
        fputs(indent, stdout);
        print_foreign(text.data);
        putchar('\n');
    }
    buf_fini(&text);
    arena_free(arena);
}

void fetching_write_place(const struct task *task, struct json_write *w)
{
    struct arena *arena = arena_new();
    struct shelf shelf;
    const struct manifest_entry *entry = find_entry(&shelf, arena, task);

    if (entry == NULL) {
        json_add_null(w, "cached");
    } else {
        json_open(w, "cached", '{');
        json_add_string(w, "path", shelf_path(&shelf, entry));
        json_add_string(w, "sha256", entry->sha256);
        json_add_string(w, "revision", entry->revision);
        json_add_string(w, "way", entry->way);
        json_add_int(w, "rows", entry->rows);
        json_add_int(w, "bytes", entry->bytes);
        json_add_int(w, "fetched_ms", entry->fetched_ms);
        json_close(w);
    }
    arena_free(arena);
}
