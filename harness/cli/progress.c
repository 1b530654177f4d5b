#include "harness/cli/progress.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "harness/base/clock.h"
#include "harness/base/json_write.h"
#include "harness/base/listener.h"
#include "harness/base/log.h"
#include "harness/base/mem.h"
#include "harness/base/redact.h"
#include "harness/cli/block.h"
#include "harness/cli/glance.h"
#include "harness/cli/screen.h"
#include "harness/cli/stopping.h"
#include "harness/engine/engine.h"

/* Between two looks: at most so many a second, and no more than a fiftieth of the time. */
#define DRAW_EVERY_MS 100
#define LOOK_EVERY_MS 1000
#define LOOK_SHARE 50

#define LINE_EVERY_MS 10000
#define LINE_STILL_MS 60000
#define LINE_SOONEST_MS 2000
#define TENTHS 10

/* On the terminal; a few more are looked at, since not each of the longest is slow. */
#define WAITS_DRAWN 3
#define WAITS_LOOKED_AT 8

struct progress {
    struct watch *watch;
    struct listener *listener;        /* NULL: nobody can ask */
    struct arena *arena;              /* of the glance at hand */
    bool on_terminal, is_ascii, has_told;
    int64_t look_due_ms;
    struct progress_pace pace;
    const struct engine_status *status;      /* while a guest is told */
};

void progress_add_socket(struct buf *out, const char *store)
{
    char *real = realpath(store, NULL);

    buf_addf(out, "%s.why", real != NULL ? real : store);
    free(real);
}

struct listener *progress_listen(const char *store)
{
    struct err err = ERR_INIT;
    struct listener *listener;
    struct buf path;

    buf_init(&path, 0);
    progress_add_socket(&path, store);
    listener = listener_open(path.data, &err);
    buf_fini(&path);
    return listener;
}

struct progress *progress_begin(const struct watch_of *of, struct listener *listener)
{
    struct progress *progress = xcalloc(1, sizeof *progress);

    progress->watch = watch_begin(of);
    progress->listener = listener;
    progress->arena = arena_new();
    progress->on_terminal = screen_is_there();
    progress->is_ascii = screen_is_ascii();
    progress->pace.last_ms = clock_monotonic_ms();
    return progress;
}

void progress_end(struct progress *progress)
{
    screen_clear();
    watch_end(progress->watch);
    arena_free(progress->arena);
    free(progress);
}

bool progress_is_due(struct progress_pace *pace, const struct glance *glance, int64_t now_ms)
{
    size_t done = glance->scored + glance->voided, all = glance->expected;
    bool has_stepped = all > 0 && done * TENTHS / all > pace->done * TENTHS / all;
    int64_t since_ms = now_ms - pace->last_ms;
    bool is_still = glance->still_ms >= since_ms;

    if (!(has_stepped && since_ms >= LINE_SOONEST_MS) && since_ms < (is_still ? LINE_STILL_MS : LINE_EVERY_MS))
        return false;
    pace->last_ms = now_ms;
    pace->done = done;
    return true;
}

void progress_add_line(struct buf *out, const struct glance *glance, bool is_ascii)
{
    const struct block_style style = { .is_ascii = is_ascii };

    block_draw_line(glance, &style, out);
    if (glance->still_ms < LINE_STILL_MS)
        return;
    buf_add_string(out, is_ascii ? " | nothing came in for " : " \xc2\xb7 nothing came in for ");
    block_add_duration(out, glance->still_ms);
}

static void print_line(struct progress *progress, const struct glance *glance)
{
    struct buf line;

    if (!progress_is_due(&progress->pace, glance, clock_monotonic_ms()))
        return;
    buf_init(&line, 0);
    progress_add_line(&line, glance, progress->is_ascii);
    fprintf(stderr, "%s\n", line.data);
    buf_fini(&line);
}

static void draw(const struct progress *progress, const struct glance *glance)
{
    const struct block_style style = { .columns = screen_columns(), .waits_max = WAITS_DRAWN,
                                       .is_ascii = progress->is_ascii };
    struct buf text;

    buf_init(&text, 0);
    block_draw(glance, &style, &text);
    screen_draw(text.data);
    buf_fini(&text);
}

static void look(struct progress *progress, const struct engine_status *status)
{
    int64_t begun_ms = clock_monotonic_ms(), pause_ms = progress->on_terminal ? DRAW_EVERY_MS : LOOK_EVERY_MS, cost_ms;
    struct glance glance;

    if (begun_ms < progress->look_due_ms)
        return;
    watch_take(progress->watch, status, WAITS_LOOKED_AT, progress->arena, &glance);
    if (progress->on_terminal)
        draw(progress, &glance);
    else
        print_line(progress, &glance);
    arena_clear(progress->arena);
    cost_ms = clock_monotonic_ms() - begun_ms;
    progress->look_due_ms = begun_ms + (cost_ms * LOOK_SHARE > pause_ms ? cost_ms * LOOK_SHARE : pause_ms);
}

/* Why a run ends early is said once, at once, and stays on the screen. */
void progress_show(const struct engine_status *status, void *shown_to)
{
    struct progress *progress = shown_to;

    if (status->stopping != STOPPING_NOT && !progress->has_told) {
        log_info("%s", stopping_words(status->stopping));
        progress->has_told = true;
    }
    watch_turn(progress->watch, status);
    look(progress, status);
}

void progress_ended(size_t index, int64_t took_ms, void *shown_to)
{
    struct progress *progress = shown_to;

    watch_ended(progress->watch, index, took_ms);
}

int progress_guest_fd(const struct progress *progress)
{
    return progress->listener != NULL ? listener_fd(progress->listener) : -1;
}

static void tell(void *teller, struct buf *out)
{
    struct progress *progress = teller;
    struct glance glance;
    struct buf text;

    buf_init(&text, 0);
    struct json_write w = json_write_to(&text);
    watch_take(progress->watch, progress->status, PROGRESS_WAITS_TOLD, progress->arena, &glance);
    json_open(&w, NULL, '{');
    glance_write(&glance, &w);
    json_close(&w);
    redact_add(out, text.data, text.length);
    buf_fini(&text);
    arena_clear(progress->arena);
}

void progress_heed_guest(const struct engine_status *status, void *shown_to)
{
    struct progress *progress = shown_to;

    progress->status = status;
    listener_serve(progress->listener, tell, progress);
    progress->status = NULL;
}
