#include "harness/cli/block.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "harness/base/buf.h"
#include "harness/base/text.h"
#include "harness/cli/glance.h"
#include "harness/cli/line.h"
#include "reports/cell.h"

#define LABEL_WIDTH 8
#define NAME_WIDTH_MAX 32
#define STATE_WIDTH_MAX 60
#define SENTENCE_WIDTH_MAX 200
#define BAR_WIDTH_MIN 8
#define BAR_WIDTH_MAX 30

/* More than this is no speed, and no integer either. */
#define TOKENS_PER_S_MAX 1e12

/* Under so many columns labels are left away. */
#define NARROW 40

static size_t columns_of(const struct block_style *style)
{
    return style->columns > 0 ? style->columns : LINE_UNBOUNDED;
}

/* Without a label where it is NULL, or there is no room for one. */
static void begin(struct line *line, const struct block_style *style, struct buf *out, const char *label)
{
    char padded[LABEL_WIDTH + 3];

    line_begin(line, out, columns_of(style), style->is_ascii);
    if (label == NULL || line->columns < NARROW)
        return;
    snprintf(padded, sizeof padded, "%*s  ", LABEL_WIDTH, label);
    line_put(line, padded);
}

static void end(struct line *line)
{
    buf_add_char(line->out, '\n');
    line_end(line);
}

void block_add_duration(struct buf *out, int64_t ms)
{
    int64_t s = ms > 0 ? ms / 1000 : 0, min = s / 60, h = min / 60;

    if (s < 100)
        buf_addf(out, "%" PRId64 " s", s);
    else if (min < 100)
        buf_addf(out, "%" PRId64 " min", min);
    else if (h < 10)
        buf_addf(out, "%" PRId64 " h %" PRId64 " min", h, min % 60);
    else if (h < 48)
        buf_addf(out, "%" PRId64 " h", h);
    else
        buf_addf(out, "%" PRId64 " d %" PRId64 " h", h / 24, h % 24);
}

/* The time of day where the person is. */
static void add_moment(struct buf *out, int64_t utc_ms)
{
    time_t moment = (time_t)(utc_ms / 1000);
    struct tm local;
    char text[32] = "";

    if (localtime_r(&moment, &local) != NULL)
        strftime(text, sizeof text, "%H:%M:%S", &local);
    buf_add_string(out, text);
}

static void add_money(struct buf *out, int64_t nanousd)
{
    struct buf dollars;

    buf_init(&dollars, 0);
    text_add_count(&dollars, (uint64_t)(nanousd > 0 ? nanousd : 0) / 1000000000);
    buf_addf(out, "$%s.%02d", dollars.data, (int)(nanousd > 0 ? nanousd / 10000000 % 100 : 0));
    buf_fini(&dollars);
}

static void draw_head(const struct glance *glance, const struct block_style *style, struct buf *out)
{
    struct line line;

    begin(&line, style, out, NULL);
    line_add_clean(&line, glance->model, NAME_WIDTH_MAX);
    line_place(&line);
    if (glance->probing == NULL) {
        buf_add_string(&line.field, "run ");
        line_add_clean(&line, glance->run, NAME_WIDTH_MAX);
        line_place(&line);
    }
    buf_add_string(&line.field, "for ");
    block_add_duration(&line.field, glance->running_ms);
    line_place(&line);
    end(&line);
}

static void add_left(struct buf *out, const struct glance *glance, size_t done)
{
    if (glance->left_ms < 0 || done >= glance->expected)
        return;
    buf_add_string(out, ", about ");
    block_add_duration(out, glance->left_ms);
    buf_add_string(out, glance->stopping != NULL ? " for what is out" : " left");
    if (glance->is_beyond)
        buf_add_string(out, ", or longer");
}

/* "412 of 1,038 (39 %), about 14 min left" */
static void add_done(struct buf *out, const struct glance *glance)
{
    size_t done = glance->scored + glance->voided;

    text_add_count(out, done);
    buf_add_string(out, " of ");
    text_add_count(out, glance->expected);
    if (glance->expected > 0)
        buf_addf(out, " (%zu %%)", (size_t)(100.0 * (double)done / (double)glance->expected));
    add_left(out, glance, done);
}

static void draw_bar(struct line *line, const struct glance *glance, size_t width)
{
    double share = glance->expected > 0 ? (double)(glance->scored + glance->voided) / (double)glance->expected : 0;
    size_t full = (size_t)(share * (double)width);

    for (size_t i = 0; i < width; i++)
        if (line->is_ascii)
            line_put(line, i < full ? "=" : "-");
        else
            line_put(line, i < full ? "\xe2\x94\x81" : "\xe2\x94\x80");
    line_put(line, "  ");
}

static void draw_done(const struct glance *glance, const struct block_style *style, struct buf *out)
{
    struct line line;
    size_t spare;

    begin(&line, style, out, "done");
    add_done(&line.field, glance);
    spare = text_width(line.field.data) + line.width + 2;
    spare = line.columns != LINE_UNBOUNDED && line.columns > spare ? line.columns - spare : 0;
    if (line.columns >= NARROW && spare >= BAR_WIDTH_MIN)
        draw_bar(&line, glance, spare < BAR_WIDTH_MAX ? spare : BAR_WIDTH_MAX);
    line_place(&line);
    end(&line);
}

static void add_task(struct line *line, const struct glance_task *task)
{
    line_add_clean(line, task->name, NAME_WIDTH_MAX);
    buf_addf(&line->field, " %.1f %%", cell_points(task->mean));
    if (!isnan(task->lower) && !isnan(task->upper))
        buf_addf(&line->field, " [%.1f, %.1f]", cell_points(task->lower), cell_points(task->upper));
    line_place(line);
}

/* What the brackets are. */
static void add_legend(struct line *line, const struct glance *glance)
{
    buf_add_string(&line->field, "95 %, over ");
    if (glance->task_count == 1) {
        text_add_count(&line->field, glance->tasks[0].heard);
        buf_add_string(&line->field, " of ");
        text_add_count(&line->field, glance->tasks[0].questions);
        buf_add_char(&line->field, ' ');
    }
    buf_add_string(&line->field, "questions");
    line_place(line);
}

static void add_scores(struct line *line, const struct glance *glance)
{
    for (size_t i = 0; i < glance->task_count; i++)
        if (!isnan(glance->tasks[i].mean))
            add_task(line, &glance->tasks[i]);
    add_legend(line, glance);
}

static bool is_heard(const struct glance *glance)
{
    for (size_t i = 0; i < glance->task_count; i++)
        if (!isnan(glance->tasks[i].mean))
            return true;
    return false;
}

static void draw_score(const struct glance *glance, const struct block_style *style, struct buf *out)
{
    struct line line;

    if (!is_heard(glance))
        return;
    begin(&line, style, out, "so far");
    add_scores(&line, glance);
    end(&line);
}

static void add_out(struct line *line, const struct glance *glance)
{
    line_add_count(line, glance->out_model, glance->out_model == 1 ? "ask to the model" : "asks to the model");
    line_add_count(line, glance->out_env, "to environments");
    if (glance->out_grade > glance->out_model + glance->out_env)      /* it is mostly over at once, and no news */
        line_add_count(line, glance->out_grade, "to graders");
    if (glance->limit > 0)
        line_add(line, "the server bears %zu at once", glance->limit);
}

static void add_calls(struct line *line, const struct glance *glance)
{
    size_t others = glance->later < glance->retrying ? glance->retrying - glance->later : 0;

    line_add_count(line, glance->calling, "in flight");
    line_add_count(line, glance->later, "told to come later");
    line_add_count(line, others, "to try again");
    line_add_count(line, glance->held, "held back");
    if (glance->retrying > 0 && glance->next_ms > 0) {
        buf_add_string(&line->field, "next try ");
        add_moment(&line->field, glance->next_ms);
        line_place(line);
    }
}

static void draw_out(const struct glance *glance, const struct block_style *style, struct buf *out)
{
    struct line line;

    if (glance->out_model + glance->out_env + glance->out_grade == 0)
        return;
    begin(&line, style, out, "out");
    add_out(&line, glance);
    end(&line);
    if (glance->retrying + glance->held == 0)      /* all that is out is a call in flight */
        return;
    begin(&line, style, out, "calls");
    add_calls(&line, glance);
    end(&line);
}

static void add_marks(struct line *line, const struct glance *glance)
{
    line_add_count(line, glance->voided, "void");
    line_add_count(line, glance->truncated, "truncated");
    line_add_count(line, glance->retries, glance->retries == 1 ? "call tried again" : "calls tried again");
    line_add_count(line, glance->refused, "told to come later (429)");
}

static void draw_marks(const struct glance *glance, const struct block_style *style, struct buf *out)
{
    struct line line;

    if (glance->voided + glance->truncated + glance->retries + glance->refused == 0)
        return;
    begin(&line, style, out, "marks");
    add_marks(&line, glance);
    end(&line);
}

static bool has_spent(const struct glance *glance)
{
    return glance->spent_nanousd > 0 || glance->cap_nanousd > 0;
}

static void add_spent(struct line *line, const struct glance *glance)
{
    if (has_spent(glance)) {
        add_money(&line->field, glance->spent_nanousd);
        if (glance->cap_nanousd > 0) {
            buf_add_string(&line->field, " of ");
            add_money(&line->field, glance->cap_nanousd);
        }
        line_place(line);
    }
    if (glance->unsure_nanousd > 0) {
        buf_add_string(&line->field, "of it up to ");
        add_money(&line->field, glance->unsure_nanousd);
        buf_add_string(&line->field, " unsure");
        line_place(line);
    }
}

static void draw_spent(const struct glance *glance, const struct block_style *style, struct buf *out)
{
    struct line line;

    if (!has_spent(glance) && glance->tokens_out == 0)
        return;
    begin(&line, style, out, has_spent(glance) ? "spent" : "heard");
    add_spent(&line, glance);
    if (glance->tokens_out > 0 && glance->untold > 0)
        buf_add_string(&line.field, "at least ");
    if (glance->tokens_out > 0)
        line_add_count(&line, (size_t)glance->tokens_out, "tokens out");
    if (glance->tokens_per_s >= 1 && glance->tokens_per_s < TOKENS_PER_S_MAX)
        line_add_count(&line, (size_t)glance->tokens_per_s, "tokens a second");
    end(&line);
}

/* TASK/SAMPLE/EPOCH, as `vernier show` wants it; the task where there is more than one. */
static void add_place(struct line *line, const struct glance *glance, const struct glance_wait *wait)
{
    size_t width = line->columns > 60 ? NAME_WIDTH_MAX : NAME_WIDTH_MAX / 2;

    if (glance->task_count != 1) {
        line_add_clean(line, wait->task, width);
        buf_add_char(&line->field, '/');
    }
    line_add_clean(line, wait->sample, width);
    buf_addf(&line->field, "/%d", wait->epoch);
}

/* What happens to it at until_ms at the latest. */
static void add_until(struct line *line, const struct glance_wait *wait)
{
    if (wait->until_ms <= 0)
        return;
    line_add_clean(line, wait->then[0] != '\0' ? wait->then : "until", NAME_WIDTH_MAX);
    buf_add_char(&line->field, ' ');
    add_moment(&line->field, wait->until_ms);
    line_place(line);
}

static void add_wait(struct line *line, const struct glance *glance, const struct glance_wait *wait)
{
    block_add_duration(&line->field, wait->age_ms);
    buf_add_string(&line->field, "  ");
    add_place(line, glance, wait);
    line_place(line);
    line_add_clean(line, wait->state[0] != '\0' ? wait->state : wait->kind, STATE_WIDTH_MAX);
    line_place(line);
    add_until(line, wait);
    if (wait->host[0] != '\0') {
        line_add_clean(line, wait->host, NAME_WIDTH_MAX);
        line_place(line);
    }
    if (wait->tries > 0)
        line_add(line, wait->tries == 1 ? "%d call before" : "%d calls before", wait->tries);
}

static bool is_named(const struct glance_wait *wait, const struct block_style *style)
{
    return wait->is_slow || style->all_waits;
}

/* How many are slow is not known: only the longest waits are looked at. */
static void draw_more(const struct block_style *style, struct buf *out, size_t more)
{
    struct line line;

    begin(&line, style, out, "");
    if (style->all_waits)
        line_add_count(&line, more, "more");
    else
        line_add(&line, "and more: vernier why");
    end(&line);
}

static void draw_waits(const struct glance *glance, const struct block_style *style, struct buf *out)
{
    size_t named = 0, more = style->all_waits ? glance->wait_total - glance->wait_count : 0;

    for (size_t i = 0; i < glance->wait_count; i++) {
        struct line line;
        if (!is_named(&glance->waits[i], style))
            continue;
        if (named == style->waits_max) {
            more++;
            continue;
        }
        begin(&line, style, out, named++ > 0 ? "" : style->all_waits ? "waits" : "slow");
        add_wait(&line, glance, &glance->waits[i]);
        end(&line);
    }
    if (more > 0)
        draw_more(style, out, more);
}

static void draw_stop(const struct glance *glance, const struct block_style *style, struct buf *out)
{
    static const char SAID[] = "stopping: ";      /* the label says it already */
    struct line line;

    if (glance->stopping == NULL)
        return;
    begin(&line, style, out, "stop");
    line_add_clean(&line, glance->stopping + (strncmp(glance->stopping, SAID, strlen(SAID)) == 0 ? strlen(SAID) : 0),
              SENTENCE_WIDTH_MAX);
    line_place(&line);
    end(&line);
}

/* Nothing of a run is there to be told yet. */
static void draw_probe(const struct glance *glance, const struct block_style *style, struct buf *out)
{
    struct line line;

    begin(&line, style, out, "probing");
    line_add_clean(&line, glance->probing, SENTENCE_WIDTH_MAX);
    line_place(&line);
    end(&line);
}

void block_draw(const struct glance *glance, const struct block_style *style, struct buf *out)
{
    static void (*const LINES[])(const struct glance *, const struct block_style *, struct buf *) = {
        draw_head, draw_done, draw_score, draw_out, draw_marks, draw_spent, draw_waits, draw_stop,
    };

    if (glance->probing != NULL) {
        draw_head(glance, style, out);
        draw_probe(glance, style, out);
        return;
    }
    for (size_t i = 0; i < sizeof LINES / sizeof LINES[0]; i++)
        LINES[i](glance, style, out);
}

static void add_slowest(struct line *line, const struct glance *glance)
{
    struct buf *field = &line->field;

    if (glance->wait_count == 0 || !glance->waits[0].is_slow)
        return;
    const struct glance_wait *wait = &glance->waits[0];
    buf_add_string(field, "the longest wait: ");
    add_place(line, glance, wait);
    buf_add_string(field, " for ");
    block_add_duration(field, wait->age_ms);
    if (wait->host[0] != '\0') {
        buf_add_string(field, " at ");
        line_add_clean(line, wait->host, NAME_WIDTH_MAX);
    }
    buf_add_string(field, ", ");
    line_add_clean(line, wait->state[0] != '\0' ? wait->state : wait->kind, STATE_WIDTH_MAX);
    line_place(line);
}

void block_draw_line(const struct glance *glance, const struct block_style *style, struct buf *out)
{
    struct line line;

    begin(&line, style, out, NULL);
    line_add_clean(&line, glance->model, NAME_WIDTH_MAX);
    buf_add_string(&line.field, ": ");
    if (glance->probing != NULL) {
        buf_add_string(&line.field, "probing, ");
        line_add_clean(&line, glance->probing, SENTENCE_WIDTH_MAX);
    } else {
        add_done(&line.field, glance);
    }
    line_place(&line);
    if (is_heard(glance))
        add_scores(&line, glance);
    add_out(&line, glance);
    if (glance->retrying + glance->held > 0)
        add_calls(&line, glance);
    add_marks(&line, glance);
    add_spent(&line, glance);
    add_slowest(&line, glance);
    line_end(&line);
}
