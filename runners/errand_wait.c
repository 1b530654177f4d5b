#include "runners/errand_wait.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "harness/base/buf.h"
#include "harness/base/clock.h"
#include "harness/base/http.h"
#include "harness/base/text.h"
#include "harness/engine/runner.h"
#include "runners/errand.h"
#include "runners/pace.h"

static void explain_held(const struct pace *pace, struct runner_wait *out)
{
    int64_t now_ms = clock_monotonic_ms();

    if (now_ms < pace->closed_until_ms) {
        out->until_ms = pace->closed_until_ms;
        out->then = "goes on";
        snprintf(out->words, sizeof out->words, "held: the server's limit is used up");
    } else if (pace->in_flight >= pace->limit) {
        snprintf(out->words, sizeof out->words, "held: the server bears %zu at once", pace->limit);
    } else {
        snprintf(out->words, sizeof out->words, "held: the money for it is put aside for others");
    }
}

static void explain_waiting(const struct errand *errand, struct runner_wait *out)
{
    out->until_ms = errand->due_ms;
    out->then = "next try";
    if (errand->was_refused)
        snprintf(out->words, sizeof out->words, "told to come later (%d)", errand->status);
    else if (errand->status != 0)
        snprintf(out->words, sizeof out->words, "waits for another try after HTTP %d", errand->status);
    else
        snprintf(out->words, sizeof out->words, "waits for another try after a failed call");
}

/* "within 95 s", "within 112 min": rounded up. */
static void add_rest(struct buf *words, int64_t ms)
{
    int64_t s = ms > 0 ? (ms + 999) / 1000 : 0;

    buf_addf(words, ", to end within %" PRId64 " %s", s < 120 ? s : (s + 59) / 60, s < 120 ? "s" : "min");
}

/* Each byte puts off the end of patience with silence, also one that keeps the line open and says nothing. */
static void explain_bytes(const struct http_progress *progress, struct runner_wait *out)
{
    struct buf words;

    buf_init(&words, 0);
    text_add_count(&words, progress->body_bytes);
    buf_addf(&words, " %s so far", progress->body_bytes == 1 ? "byte" : "bytes");
    if (progress->until_ms < progress->end_ms) {
        add_rest(&words, progress->end_ms - clock_monotonic_ms());
        out->then = "given up if silent until";
    }
    snprintf(out->words, sizeof out->words, "%s", words.data);
    buf_fini(&words);
}

static void explain_flying(const struct errand *errand, const struct http *http, const struct http_inbox *inbox,
                           struct runner_wait *out)
{
    struct http_progress progress;

    if (!http_find_progress(http, inbox, errand, &progress)) {
        snprintf(out->words, sizeof out->words, "its answer is in");
        return;
    }
    out->until_ms = progress.until_ms;
    out->then = "given up";
    if (progress.body_bytes > 0)
        explain_bytes(&progress, out);
    else
        snprintf(out->words, sizeof out->words, "%s", progress.is_connected ? "no byte yet" : "connecting");
}

/* "the judge: no byte yet" */
static void name_role(const char *role, struct runner_wait *out)
{
    char words[sizeof out->words];

    if (role == NULL || strcmp(role, "model") == 0)
        return;
    snprintf(words, sizeof words, "%s", out->words);
    snprintf(out->words, sizeof out->words, "the %.40s: %.150s", role, words);
}

void errand_wait_explain(const struct errand *errand, const struct pace *pace, const struct http *http,
                         const struct http_inbox *inbox, struct runner_wait *out)
{
    out->since_ms = errand->since_ms;
    out->tries = errand->tries;
    if (errand->place == ERRAND_HELD)
        explain_held(pace, out);
    else if (errand->place == ERRAND_WAITING)
        explain_waiting(errand, out);
    else
        explain_flying(errand, http, inbox, out);
    name_role(errand->ask->role, out);
}
