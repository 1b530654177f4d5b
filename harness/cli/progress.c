#include "harness/cli/progress.h"

#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "harness/base/buf.h"
#include "harness/base/clock.h"
#include "harness/base/log.h"
#include "harness/base/redact.h"
#include "harness/base/text.h"

#define DRAW_EVERY_MS 100
#define PRINT_EVERY_MS 10000
#define COLUMNS_DEFAULT 80
#define NAME_WIDTH_MAX 24

struct progress progress_begin(const char *model)
{
    int64_t now_ms = clock_monotonic_ms();

    return (struct progress){ .model = model, .on_terminal = isatty(STDERR_FILENO) == 1, .started_ms = now_ms,
                              .last_ms = now_ms };
}

/* A void that is tried again is done no more, so fewer can be done than were at the start: then nobody knows. */
static void add_left(struct buf *out, const struct progress *progress, const struct engine_status *status)
{
    size_t done = status->scored + status->voided;
    double spent_s = (double)(clock_monotonic_ms() - progress->started_ms) / 1000;

    if (done > status->resumed && done < status->expected)
        buf_addf(out, " · %.0f s left", spent_s * (double)(status->expected - done) / (double)(done - status->resumed));
}

/* Most tasks ask models alone, and grading is over at once; kinds are told apart where there are two to wait for. */
static void add_in_flight(struct buf *out, const struct engine_status *status)
{
    size_t model = status->in_flight[ASK_MODEL], env = status->in_flight[ASK_ENV];

    if (env > 0)
        buf_addf(out, " · in flight: %zu model, %zu env", model, env);
    else
        buf_addf(out, " · %zu in flight", model);
}

/* Cut short where it is long: on a narrow line the numbers are worth more. */
static void add_name(struct buf *out, const char *model)
{
    struct buf name;

    buf_init(&name, 0);
    redact_add(&name, model, strlen(model));
    text_show_line(out, name.data, name.length, NAME_WIDTH_MAX);
    buf_fini(&name);
}

void progress_add_line(struct buf *out, const struct progress *progress, const struct engine_status *status)
{
    add_name(out, progress->model);
    buf_addf(out, "  %zu/%zu", status->scored + status->voided, status->expected);
    if (status->scored > 0)
        buf_addf(out, " · mean %.1f%%", 100 * status->score_sum / (double)status->scored);
    add_in_flight(out, status);
    if (status->retries > 0)
        buf_addf(out, " · %zu retries", status->retries);
    if (status->voided > 0)
        buf_addf(out, " · %zu void", status->voided);
    add_left(out, progress, status);
}

/* How wide a line may be before it is cut: "..." is added then, and the last column stays free, or terminals wrap. */
static size_t width_max(const struct progress *progress)
{
    struct winsize size = { .ws_col = 0 };
    size_t columns = COLUMNS_DEFAULT;

    if (progress->on_terminal && ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        columns = size.ws_col;
    return columns > 8 ? columns - 4 : 4;
}

static void tell_stop(struct progress *progress, const char *why)
{
    progress_end(progress);
    log_info("%s", why);
    progress->has_told = true;
}

void progress_show(const struct engine_status *status, void *shown)
{
    struct progress *progress = shown;
    int64_t now_ms = clock_monotonic_ms();
    struct buf line, safe;

    if (status->stopping != NULL && !progress->has_told)
        tell_stop(progress, status->stopping);
    if (now_ms - progress->last_ms < (progress->on_terminal ? DRAW_EVERY_MS : PRINT_EVERY_MS))
        return;
    progress->last_ms = now_ms;
    buf_init(&line, 0);
    buf_init(&safe, 0);
    progress_add_line(&line, progress, status);
    text_show_line(&safe, line.data, line.length, width_max(progress));
    fprintf(stderr, "%s%s%s", progress->on_terminal ? "\r\x1b[K" : "", safe.data, progress->on_terminal ? "" : "\n");
    progress->is_drawn = progress->on_terminal;
    buf_fini(&safe);
    buf_fini(&line);
}

void progress_end(struct progress *progress)
{
    if (progress->is_drawn)
        fputs("\r\x1b[K", stderr);
    progress->is_drawn = false;
}
