#include "harness/cli/progress.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "harness/base/buf.h"
#include "harness/base/clock.h"
#include "harness/base/redact.h"
#include "harness/base/text.h"

#define DRAW_EVERY_MS 100
#define PRINT_EVERY_MS 10000

struct progress progress_begin(const char *model)
{
    int64_t now_ms = clock_monotonic_ms();

    return (struct progress){ .model = model, .on_terminal = isatty(STDERR_FILENO) == 1, .started_ms = now_ms,
                              .last_ms = now_ms };
}

static void add_left(struct buf *out, const struct progress *progress, const struct engine_status *status)
{
    size_t done = status->scored + status->voided, fresh = done - status->resumed;
    int64_t spent_ms = clock_monotonic_ms() - progress->started_ms;

    if (fresh > 0 && done < status->expected)
        buf_addf(out, " · %lld s left", (long long)(spent_ms / 1000 * (int64_t)(status->expected - done) / (int64_t)fresh));
}

static void add_line(struct buf *out, const struct progress *progress, const struct engine_status *status)
{
    redact_add(out, progress->model, strlen(progress->model));
    buf_addf(out, "  %zu/%zu", status->scored + status->voided, status->expected);
    if (status->scored > 0)
        buf_addf(out, " · mean %.1f%%", 100 * status->score_sum / (double)status->scored);
    buf_addf(out, " · %zu in flight", status->in_flight[ASK_MODEL] + status->in_flight[ASK_ENV]);
    if (status->retries > 0)
        buf_addf(out, " · %zu retries", status->retries);
    if (status->voided > 0)
        buf_addf(out, " · %zu void", status->voided);
    add_left(out, progress, status);
}

void progress_show(const struct engine_status *status, void *shown)
{
    struct progress *progress = shown;
    int64_t now_ms = clock_monotonic_ms();
    struct buf line, safe;

    if (now_ms - progress->last_ms < (progress->on_terminal ? DRAW_EVERY_MS : PRINT_EVERY_MS))
        return;
    progress->last_ms = now_ms;
    buf_init(&line, 0);
    buf_init(&safe, 0);
    add_line(&line, progress, status);
    text_show_line(&safe, line.data, line.length, 78);
    fprintf(stderr, progress->on_terminal ? "\r\x1b[K%s" : "%s\n", safe.data);
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
