/*
 * The choice that the model holds likeliest, by four ways to weigh a longer choice against a shorter one. As in
 * lm-evaluation-harness, whose acc is the sum, acc_norm the sum per character, acc_bytes per byte, the first of several
 * that are equally likely is taken; here that is said.
 */
#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "harness/engine/grading.h"
#include "harness/engine/likelihood.h"
#include "harness/engine/sample.h"
#include "tasks/readers/readers.h"

typedef double length_fn(const struct likelihood *likelihood);

static double one(const struct likelihood *likelihood) { (void)likelihood; return 1; }
static double chars(const struct likelihood *likelihood) { return (double)likelihood->chars; }
static double bytes(const struct likelihood *likelihood) { return (double)likelihood->bytes; }
static double tokens(const struct likelihood *likelihood) { return (double)likelihood->token_count; }

struct scale { struct likelihood *all; size_t count; length_fn *length; };

/* A choice without any letter weighs nothing: its sum counts as it is. */
static double weigh(const struct scale *scale, size_t i)
{
    double length = scale->length(&scale->all[i]);

    return scale->all[i].sum / (length > 0 ? length : 1);
}

static bool is_known(const struct scale *scale, size_t i)
{
    return scale->all[i].logprobs != NULL;
}

/* The first of the heaviest that are known; count when none is. */
static size_t find_best(const struct scale *scale)
{
    size_t best = scale->count;

    for (size_t i = 0; i < scale->count; i++)
        if (is_known(scale, i) && (best == scale->count || weigh(scale, i) > weigh(scale, best)))
            best = i;
    return best;
}

static void add_letters(const struct scale *scale, const bool *marked, struct buf *out)
{
    const char *between = "";

    for (size_t i = 0; i < scale->count; i++)
        if (marked[i]) {
            buf_addf(out, "%s%c", between, (char)('A' + i));
            between = ", ";
        }
}

/* Adds a remark on those choices when there are as many as is worth one. */
static void remark(const struct scale *scale, const bool *marked, size_t least, const char *words, struct buf *out)
{
    size_t count = 0;

    for (size_t i = 0; i < scale->count; i++)
        count += marked[i];
    if (count < least)
        return;
    if (out->length > 0)
        buf_add_string(out, "; ");
    add_letters(scale, marked, out);
    buf_add_string(out, words);
}

/* What was not plain: NULL when all was. */
static const char *write_note(const struct scale *scale, size_t best, struct arena *arena)
{
    bool *tied = arena_calloc(arena, scale->count, sizeof *tied), *spans = arena_calloc(arena, scale->count, sizeof *spans);
    bool *unknown = arena_calloc(arena, scale->count, sizeof *unknown);
    const char *note = NULL;
    struct buf text;

    for (size_t i = 0; i < scale->count; i++) {
        tied[i] = is_known(scale, i) && weigh(scale, i) == weigh(scale, best);
        spans[i] = scale->all[i].spans;
        unknown[i] = !is_known(scale, i);
    }
    buf_init(&text, 0);
    remark(scale, tied, 2, " equally likely: the first counts", &text);
    remark(scale, spans, 1, ": a token spans prompt and choice, and counts whole", &text);
    remark(scale, unknown, 1, " less likely than all that the server listed", &text);
    if (text.length > 0)
        note = arena_strndup(arena, text.data, text.length);
    buf_fini(&text);
    return note;
}

/* One that is only known to lie below something, and could still be the heaviest; count when there is none. */
static size_t find_rival(const struct scale *scale, size_t best)
{
    size_t i = 0;

    while (i < scale->count && (is_known(scale, i) || weigh(scale, i) <= weigh(scale, best)))
        i++;
    return i;
}

static int choose(const struct scale *scale, struct arena *arena, struct answer *out, struct err *err)
{
    size_t best = find_best(scale), rival;

    if (best == scale->count) {
        out->note = "no choice is among the likeliest next tokens that the server listed";
        return 0;
    }
    rival = find_rival(scale, best);
    if (rival < scale->count)
        return err_set(err, "of choice %c it is known only how likely it is at most, and that may be more than %c",
                       (char)('A' + rival), (char)('A' + best));
    out->text = arena_printf(arena, "%c", (char)('A' + best));
    out->note = write_note(scale, best, arena);
    return 0;
}

static int read_by(length_fn *length, const struct grading *grading, struct arena *arena, struct answer *out,
                   struct err *err)
{
    struct scale scale = { .length = length };
    struct err why = ERR_INIT;

    *out = (struct answer){ NULL, NULL };
    if (grading->said->text[0] == '\0')
        out->note = "nothing was said of how likely the choices are";
    else if (likelihood_read(grading->said->text, arena, &scale.all, &scale.count, &why) < 0)
        out->note = arena_printf(arena, "no likelihoods: %s", why.text);
    else if (scale.count != grading->sample->choice_count)
        out->note = arena_printf(arena, "likelihoods of %zu choices, where there are %zu", scale.count,
                                 grading->sample->choice_count);
    else
        return choose(&scale, arena, out, err);
    return 0;
}

static int read_sum(const struct grading *grading, struct arena *arena, struct answer *out, struct err *err)
{
    return read_by(one, grading, arena, out, err);
}

static int read_per_character(const struct grading *grading, struct arena *arena, struct answer *out, struct err *err)
{
    return read_by(chars, grading, arena, out, err);
}

static int read_per_byte(const struct grading *grading, struct arena *arena, struct answer *out, struct err *err)
{
    return read_by(bytes, grading, arena, out, err);
}

static int read_per_token(const struct grading *grading, struct arena *arena, struct answer *out, struct err *err)
{
    return read_by(tokens, grading, arena, out, err);
}

const struct reader reader_choice_likelihood = {
    .name = "likelihood", .grader = "choice", .version = 1, .weighs = true, .tells = true, .read = read_sum,
    .summary = "the likeliest choice: the sum of its tokens' log-probabilities (lm-evaluation-harness: acc)",
};

const struct reader reader_choice_likelihood_per_byte = {
    .name = "likelihood_per_byte", .grader = "choice", .version = 1, .weighs = true, .tells = true, .read = read_per_byte,
    .summary = "the likeliest choice by the sum per byte of UTF-8 (acc_bytes)",
};

const struct reader reader_choice_likelihood_per_character = {
    .name = "likelihood_per_character", .grader = "choice", .version = 1, .weighs = true, .tells = true,
    .read = read_per_character, .summary = "the likeliest choice by the sum per character (acc_norm)",
};

const struct reader reader_choice_likelihood_per_token = {
    .name = "likelihood_per_token", .grader = "choice", .version = 1, .weighs = true, .tells = true,
    .read = read_per_token, .summary = "the likeliest choice by the mean over its tokens",
};
