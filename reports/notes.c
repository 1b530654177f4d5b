#include "reports/notes.h"

#include <math.h>
#include <stdint.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "harness/base/price.h"
#include "harness/base/text.h"
#include "reports/cell.h"
#include "reports/label.h"
#include "reports/mismatch.h"
#include "reports/scoreboard.h"

struct notes { const struct label *label; struct buf *out; };

static void add_wrapped(const struct notes *notes, const char *text)
{
    cell_add_wrapped(notes->out, text, 2, notes->label->board->width);
}

/* A note on one line of the board: "- aime2025: 2 of 240 void, ...". Nothing when text is empty. */
static void write_note(const struct notes *notes, const struct score_line *line, const char *text)
{
    struct buf note;

    if (text[0] == '\0')
        return;
    buf_init(&note, 0);
    buf_add_string(&note, "- ");
    buf_add_string(&note, cell_name(notes->label->arena, line->task, notes->label->width));
    if (notes->label->with_model)
        buf_addf(&note, ", %s", label_run(notes->label, line));
    buf_addf(&note, ": %s", text);
    add_wrapped(notes, note.data);
    buf_fini(&note);
}

/* "5 truncated" after a comma where something stands before it; nothing for 0. */
static void add_count(struct buf *text, const char *before, size_t count, const char *what)
{
    if (count > 0)
        buf_addf(text, "%s%zu %s", text->length > 0 ? ", " : before, count, what);
}

static void note_voids(const struct notes *notes, const struct score_line *line)
{
    size_t met = line->scored + line->voids + line->unfinished;
    size_t all = line->expected != COUNT_UNKNOWN ? (size_t)line->expected : met;
    struct buf origins, text;

    buf_init(&origins, 0);
    buf_init(&text, 0);
    add_count(&origins, "", line->voids_harness, "harness");
    add_count(&origins, "", line->voids_provider, "provider");
    add_count(&origins, "", line->voids_environment, "environment");
    if (line->voids > 0)
        buf_addf(&text, "%zu of %zu void, not counted (%s)", line->voids, all, origins.data);
    if (line->unfinished > 0)
        buf_addf(&text, "%s%zu of %zu unfinished", line->voids > 0 ? "; " : "", line->unfinished, all);
    write_note(notes, line, text.data);
    buf_fini(&origins);
    buf_fini(&text);
}

static void note_marks(const struct notes *notes, const struct score_line *line)
{
    struct buf text;

    buf_init(&text, 0);
    add_count(&text, "", line->truncated, "truncated");
    add_count(&text, "", line->no_answer, "without an answer");
    add_count(&text, "", line->refused, "refused");
    add_count(&text, "", line->loop, "in a loop");
    add_count(&text, "", line->tampered, "tampered");
    add_count(&text, "", line->unparsable, "unparsable for their own server");
    if (text.length > 0)
        buf_addf(&text, ", of %zu scored", line->scored);
    write_note(notes, line, text.data);
    buf_fini(&text);
}

static void note_undecided(const struct notes *notes, const struct score_line *line)
{
    if (line->undecided > 0)
        write_note(notes, line, arena_printf(notes->label->arena, "%zu of %zu scored are undecided, which scores 0",
                                            line->undecided, line->scored));
}

static void note_languages(const struct notes *notes, const struct score_line *line)
{
    const struct score_languages *languages = &line->languages;
    size_t told = languages->asked - languages->untold;

    if (languages->asked > 0)
        write_note(notes, line, arena_printf(notes->label->arena, "%zu of %zu replies whose language can be told are in the "
                                             "language asked; %zu cannot be told", languages->same, told,
                                             languages->untold));
}

static void note_method(const struct notes *notes, const struct score_line *line)
{
    const struct score_at *last = score_line_last(line);

    if (line->clusters > 0 && isnan(line->se_questions))
        write_note(notes, line, arena_printf(notes->label->arena, "too few clusters (%zu) to tell an error",
                                            line->clusters));
    else if (line->clusters > 0)
        write_note(notes, line, arena_printf(notes->label->arena, "se and interval are those of %zu clusters",
                                            line->clusters));
    if (last != NULL && last->left_out > 0 && line->epochs > 1)
        write_note(notes, line, arena_printf(notes->label->arena, "%zu of %zu questions have fewer than %zu scored epochs "
                                            "and are left out of @k", last->left_out, line->samples, line->epochs));
}

/* Where some of it is unknown, the bounds. */
static void add_cost(struct buf *out, const struct score_run *run)
{
    if (!run->cost_is_known)
        buf_add_string(out, "at least ");
    price_add_usd(out, run->cost_nanousd);
    if (!run->cost_is_known && run->unsure_nanousd > 0) {
        buf_add_string(out, ", at most ");
        price_add_usd(out, run->cost_nanousd + run->unsure_nanousd);
    }
}

/* "at least 1,234,567 tokens in" */
static void add_tokens(struct buf *out, int64_t known, size_t untold, const char *what)
{
    if (known < 0 && untold > 0) {
        buf_addf(out, "nobody told how many %s", what);
        return;
    }
    buf_add_string(out, untold > 0 ? "at least " : "");
    text_add_count(out, known > 0 ? (uint64_t)known : 0);
    buf_addf(out, " %s", what);
}

static void add_all_tokens(struct buf *out, const struct score_run *run)
{
    size_t untold = run->untold.in > run->untold.out ? run->untold.in : run->untold.out;

    add_tokens(out, run->tokens_in, run->untold.in, "tokens in");
    buf_add_string(out, ", ");
    add_tokens(out, run->tokens_out, run->untold.out, run->tokens_out < 0 && untold > 0 ? "tokens out" : "out");
    if (run->tokens_reasoning > 0) {
        buf_add_string(out, " (");
        add_tokens(out, run->tokens_reasoning, run->untold.reasoning, "of them reasoning)");
    }
    if (untold > 0)
        buf_addf(out, ", as of %zu %s it is not known", untold, untold == 1 ? "episode" : "episodes");
}

static void add_judge(struct buf *out, const struct role_cost *judge)
{
    if (judge->nanousd > 0) {
        buf_add_string(out, judge->is_known ? ", of it " : ", of it at least ");
        price_add_usd(out, judge->nanousd);
        buf_add_string(out, " for the judge");
    } else if (!judge->is_known) {
        buf_add_string(out, "; what the judge cost is not known");
    }
}

static void write_usage(const struct notes *notes, const struct score_line *line, const struct score_run *run)
{
    struct buf text;

    buf_init(&text, 0);
    buf_add_string(&text, "- used");
    if (notes->label->with_model)
        buf_addf(&text, " by %s", label_run(notes->label, line));
    buf_add_string(&text, ": ");
    add_all_tokens(&text, run);
    if (run->cost_nanousd > 0 || run->cost_is_known) {
        buf_add_string(&text, "; ");
        add_cost(&text, run);
    }
    if (run->is_judged)
        add_judge(&text, &run->judge);
    add_wrapped(notes, text.data);
    buf_fini(&text);
}

static void note_usage(const struct notes *notes, size_t first)
{
    struct score_run run = scoreboard_sum_run(notes->label->board, first);

    if (run.tokens_in > 0 || run.tokens_out > 0 || run.cost_nanousd > 0)
        write_usage(notes, &notes->label->board->lines[first], &run);
}

/* "- capitals: the data differ: openai/a, openai/b / openai/c" */
static void write_mismatch(const struct notes *notes, const struct mismatch *mismatch)
{
    const struct label *label = notes->label;
    struct buf note;

    buf_init(&note, 0);
    buf_addf(&note, "- %s: %s: ", cell_name(label->arena, mismatch->lines[0]->task, label->width),
             asked_words(mismatch->difference));
    for (size_t i = 0; i < mismatch->count; i++) {
        if (i > 0)
            buf_add_string(&note, mismatch->groups[i] != mismatch->groups[i - 1] ? " / " : ", ");
        buf_add_string(&note, label_run(label, mismatch->lines[i]));
    }
    add_wrapped(notes, note.data);
    buf_fini(&note);
}

static void write_mismatches(const struct notes *notes)
{
    size_t count;
    const struct mismatch *found = mismatch_find(notes->label->board, notes->label->arena, &count);

    for (size_t i = 0; i < count; i++)
        write_mismatch(notes, &found[i]);
    if (count > 0)
        add_wrapped(notes, "- scores on the two sides of a / are not of the same exam");
}

void notes_write(const struct label *label, const struct score_line *const *lines, struct buf *out)
{
    const struct notes notes = { .label = label, .out = out };
    size_t count = label->board->line_count;

    write_mismatches(&notes);
    for (size_t i = 0; i < count; i++) {
        note_voids(&notes, lines[i]);
        note_marks(&notes, lines[i]);
        note_undecided(&notes, lines[i]);
        note_languages(&notes, lines[i]);
        note_method(&notes, lines[i]);
    }
    for (size_t i = 0; i < count; i += label_count_run(label->board, i))
        note_usage(&notes, i);
}
