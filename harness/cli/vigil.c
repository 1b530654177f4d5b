#include "harness/cli/vigil.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

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

/* A probe is mostly over at once; the next line comes when half as much time again has passed. */
#define LINE_FIRST_MS 5000

struct vigil {
    struct listener *listener;
    bool on_terminal, is_ascii;
    char *model;
    int64_t begun_ms, line_due_ms;
    const struct glance *told;          /* while a guest is told */
};

struct vigil *vigil_begin(struct listener *listener)
{
    struct vigil *vigil = xcalloc(1, sizeof *vigil);

    vigil->listener = listener;
    vigil->on_terminal = screen_is_there();
    vigil->is_ascii = screen_is_ascii();
    return vigil;
}

void vigil_end(struct vigil *vigil)
{
    screen_clear();
    free(vigil->model);
    free(vigil);
}

/* "waiting for the server to load, 40 s of 600 s at most" */
static void add_state(struct buf *out, const struct vigil *vigil, const struct probe *probe, int64_t now_ms)
{
    if (probe->waits_for == NULL) {
        buf_add_string(out, "waiting for the answer to a short question, ");
        block_add_duration(out, now_ms - vigil->begun_ms);
        return;
    }
    buf_addf(out, "waiting for %s, ", probe->waits_for);
    block_add_duration(out, now_ms - probe->waiting_since_ms);
    buf_addf(out, " of %.0f s at most", ceil(probe->wait_s));
}

static void draw(const struct vigil *vigil, const struct glance *glance)
{
    const struct block_style style = { .columns = screen_columns(), .is_ascii = vigil->is_ascii };
    struct buf text;

    buf_init(&text, 0);
    block_draw(glance, &style, &text);
    screen_draw(text.data);
    buf_fini(&text);
}

static void say(struct vigil *vigil, const struct glance *glance, int64_t now_ms)
{
    if (now_ms < vigil->line_due_ms)
        return;
    const struct block_style style = { .is_ascii = vigil->is_ascii };
    struct buf line;

    buf_init(&line, 0);
    block_draw_line(glance, &style, &line);
    log_info("%s", line.data);
    buf_fini(&line);
    vigil->line_due_ms = now_ms + (now_ms - vigil->begun_ms) / 2;
}

static void tell(void *teller, struct buf *out)
{
    const struct vigil *vigil = teller;
    struct buf text;

    buf_init(&text, 0);
    struct json_write w = json_write_to(&text);
    json_open(&w, NULL, '{');
    glance_write(vigil->told, &w);
    json_close(&w);
    redact_add(out, text.data, text.length);
    buf_fini(&text);
}

static void look(const struct probe *probe, void *of)
{
    struct vigil *vigil = of;
    int64_t now_ms = clock_monotonic_ms();
    struct glance glance = { .pid = getpid(), .run = "", .model = vigil->model, .running_ms = now_ms - vigil->begun_ms,
                             .left_ms = -1 };
    struct buf state;

    buf_init(&state, 0);
    add_state(&state, vigil, probe, now_ms);
    glance.probing = state.data;
    if (vigil->on_terminal)
        draw(vigil, &glance);
    else
        say(vigil, &glance, now_ms);
    vigil->told = &glance;
    if (vigil->listener != NULL)
        listener_serve(vigil->listener, tell, vigil);
    vigil->told = NULL;
    buf_fini(&state);
}

struct probe_watcher vigil_watch(struct vigil *vigil, const char *model)
{
    free(vigil->model);
    vigil->model = xstrdup(model);
    vigil->begun_ms = clock_monotonic_ms();
    vigil->line_due_ms = vigil->begun_ms + LINE_FIRST_MS;
    return (struct probe_watcher){ .look = look, .of = vigil,
                                   .guest_fd = vigil->listener != NULL ? listener_fd(vigil->listener) : -1 };
}
