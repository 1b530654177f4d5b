/*
 * agree: how the maths grader does on labelled cases.
 *
 *     agree [-v] [-a] [--floor] CASES.jsonl...
 *
 * Reads rows {gold, output, answer?, equal, kind?, contested?} and {gold, pred, equal}. Prints per kind: cases, agreements,
 * false accepts, false rejects, undecided, and the median, 99th percentile and maximum of the time a comparison took in
 * microseconds; contested rows apart, each followed under its policy. -v names every disagreement. -a compares the row's
 * answer instead of what is read in its output. --floor fails when the figures are below what the grader promises.
 */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/arena.h"
#include "harness/base/clock.h"
#include "harness/base/json.h"
#include "harness/base/jsonl.h"
#include "harness/base/mem.h"
#include "tasks/maths/maths.h"
#include "tasks/readers/maths.h"

#define KINDS_MAX 128
#define ROWS_MAX 100000

/* What graders disagree about, as the cases name it, and the bit that decides it here. */
static const struct {
    const char *contested;
    uint32_t policy;
} CONTESTED[] = {
    { "unevaluated sum", POLICY_UNEVALUATED },
    { "left side dropped", POLICY_LEFT_SIDE_DROPPED },
    { "assignments for a point", POLICY_ASSIGNMENTS_AS_POINT },
    { "converted to base ten", POLICY_BASE_TEN_BARE },
    { "base subscript dropped", POLICY_BASE_DROPPED },
    { "interval as inequality", POLICY_INTERVAL_AS_INEQUALITY },
    { "vector orientation", POLICY_VECTOR_ORIENTATION },
    { "vector notation", POLICY_VECTOR_NOTATION },
    { "plain-text matrix", POLICY_VECTOR_NOTATION },
    { "percent as fraction of one", POLICY_PERCENT_AS_FRACTION },
    { "percent sign dropped", POLICY_PERCENT_DROPPED },
    { "decimal comma", POLICY_DECIMAL_COMMA },
    { "loose tolerance", POLICY_ROUNDED_DECIMAL },
    { "six-digit decimal of a fraction", POLICY_ROUNDED_DECIMAL },
    { "real cube root of a negative number", POLICY_REAL_ODD_ROOT },
    { "empty set as words", POLICY_EMPTY_AS_WORDS },
    { "variable name of an assignment", POLICY_OTHER_VARIABLE },
    { "space after the comma makes a list", POLICY_SPACED_THOUSANDS },
    { "ellipsis", POLICY_ELLIPSIS },
    { "degrees for radians", POLICY_DEGREES_FOR_RADIANS },
    { "unit conversion", POLICY_UNIT_CONVERTED },
    { "other unit", POLICY_OTHER_UNIT },
    { "ratio as fraction", POLICY_RATIO_AS_FRACTION },
    { "am or pm added", POLICY_HALF_DAY_ADDED },
    { "sentence around a word", POLICY_WORDING },
    { "hyphen", POLICY_WORDING },
    { "number word", POLICY_NUMBER_WORD },
    { "order of a list", POLICY_LIST_ANY_ORDER },
    { "closed form of a sum", POLICY_SERIES_VALUE },
};

struct kind {
    char name[64];
    size_t cases, agree, false_accepts, false_rejects, undecided, unexplained;
    double *times;
};

struct tally {
    struct maths *maths;
    uint32_t policy;
    struct kind kinds[KINDS_MAX];
    size_t kind_count;
    bool verbose, given_answer, floor;
    size_t golds, golds_unequal;
    size_t turned, asymmetric;  /* of numbers, sets, lists, matrices */
};

static struct kind *kind_of(struct tally *tally, const char *name)
{
    struct kind *kind;

    for (size_t i = 0; i < tally->kind_count; i++)
        if (strcmp(tally->kinds[i].name, name) == 0)
            return &tally->kinds[i];
    assert(tally->kind_count < KINDS_MAX);
    kind = &tally->kinds[tally->kind_count++];
    snprintf(kind->name, sizeof kind->name, "%s", name);
    kind->times = xcalloc(ROWS_MAX, sizeof *kind->times);
    return kind;
}

static uint32_t policy_of(const char *contested)
{
    for (size_t i = 0; i < sizeof CONTESTED / sizeof CONTESTED[0]; i++)
        if (strcmp(CONTESTED[i].contested, contested) == 0)
            return CONTESTED[i].policy;
    return 0;
}

static void show(const char *what, const char *kind, const char *gold, const char *answer, const struct maths_result *result)
{
    printf("  %s %s: %s | %s [%s: %s] %s | %s\n", what, kind, gold, answer, maths_verdict_name(result->verdict), result->rule,
           result->gold == NULL ? "-" : result->gold, result->answer == NULL ? "-" : result->answer);
}

/* Whether a kind's cases must come out the same with gold and answer exchanged. */
static bool is_symmetric(const char *kind)
{
    static const char *const KINDS[] = { "gen_integer", "gen_rational", "gen_surd", "gen_complex", "gen_symbolic", "gen_set", "gen_list",
                                         "gen_matrix", "gen_pm", "gen_union", "hand_power", "hand_radical", "hand_set", "hand_list",
                                         "hand_matrix", "hand_complex", "hand_algebra", "hand_approximation", "hand_mixed" };

    for (size_t i = 0; i < sizeof KINDS / sizeof KINDS[0]; i++)
        if (strcmp(kind, KINDS[i]) == 0)
            return true;
    return false;
}

static void compare_turned(struct tally *tally, const char *kind, const char *gold, const char *answer, enum maths_verdict verdict)
{
    struct maths_result result;

    if (!is_symmetric(kind) || answer[0] == '\0')
        return;
    tally->turned++;
    maths_compare(tally->maths, tally->policy, answer, gold, &result);
    if ((result.verdict == MATHS_EQUAL) == (verdict == MATHS_EQUAL))
        return;
    tally->asymmetric++;
    if (tally->verbose)
        show("asymmetric", kind, answer, gold, &result);
}

static void count(struct tally *tally, struct kind *kind, const struct json *row, const char *gold, const char *answer, bool equal)
{
    const char *contested = json_string(row, "contested");
    struct maths_result result;
    double start = clock_monotonic_us();
    uint32_t bit;

    maths_compare(tally->maths, tally->policy, gold, answer, &result);
    kind->times[kind->cases++] = clock_monotonic_us() - start;
    kind->undecided += result.verdict == MATHS_UNDECIDED;
    compare_turned(tally, kind->name, gold, answer, result.verdict);
    maths_compare(tally->maths, tally->policy, gold, answer, &result);
    if ((result.verdict == MATHS_EQUAL) == equal) {
        kind->agree++;
        return;
    }
    kind->false_accepts += !equal;
    kind->false_rejects += equal;
    if (tally->verbose)
        show(contested != NULL ? contested : equal ? "FR" : "FA", kind->name, gold, answer, &result);
    if (contested == NULL)
        return;
    bit = policy_of(contested);
    maths_compare(tally->maths, tally->policy ^ bit, gold, answer, &result);
    if (bit == 0 || (result.verdict == MATHS_EQUAL) != equal) {
        kind->unexplained++;
        if (tally->verbose)
            show("unexplained", kind->name, gold, answer, &result);
    }
}

/* A gold that is a whole solution has its answer in a box. */
static const char *gold_of(const char *source, struct arena *arena)
{
    struct maths_answer found;

    if (strstr(source, "boxed") == NULL)
        return source;
    maths_find(source, NULL, arena, &found);
    return found.text != NULL ? found.text : source;
}

/* Tables of graders for tasks whose answers are numbers take the last one of an output. */
static const struct maths_rules *rules_of(const char *kind)
{
    static const struct maths_rules NUMBERS = { .formula = true, .bare = true, .number = true };

    return kind != NULL && (strcmp(kind, "up_number") == 0 || strcmp(kind, "up_extract") == 0) ? &NUMBERS : NULL;
}

static void run_row(struct tally *tally, const struct json *row, struct arena *arena)
{
    const char *gold = json_string(row, "gold"), *output = json_string(row, "output"), *kind = json_string(row, "kind");
    const char *answer = json_string(row, "answer");
    struct maths_answer found = { .text = NULL };
    struct maths_result self;
    char name[64];
    bool equal;

    assert(gold != NULL && json_get_bool(row, "equal", &equal));
    if (output == NULL)
        answer = json_string(row, "pred");
    else if (!tally->given_answer || answer == NULL)
        maths_find(output, rules_of(kind), arena, &found), answer = found.text;
    gold = gold_of(gold, arena);
    snprintf(name, sizeof name, "%s%s", json_string(row, "contested") != NULL ? "contested_" : "", kind == NULL ? "all" : kind);
    count(tally, kind_of(tally, name), row, gold, answer == NULL ? "" : answer, equal);
    maths_compare(tally->maths, tally->policy, gold, gold, &self);
    tally->golds++;
    if (self.verdict != MATHS_EQUAL && gold[0] != '\0') {
        tally->golds_unequal++;
        show("gold against itself", name, gold, gold, &self);
    }
}

static int compare_times(const void *one, const void *other)
{
    double first = *(const double *)one, second = *(const double *)other;

    return first < second ? -1 : first > second;
}

static void add_kind(struct kind *sum, const struct kind *kind)
{
    memcpy(sum->times + sum->cases, kind->times, kind->cases * sizeof *kind->times);
    sum->cases += kind->cases;
    sum->agree += kind->agree;
    sum->false_accepts += kind->false_accepts;
    sum->false_rejects += kind->false_rejects;
    sum->undecided += kind->undecided;
    sum->unexplained += kind->unexplained;
}

static void print_kind(const struct kind *kind)
{
    if (kind->cases == 0)
        return;
    qsort(kind->times, kind->cases, sizeof *kind->times, compare_times);
    printf("%-36s %6zu %6zu %7.2f%% %5zu %5zu %5zu %9.1f %9.1f %9.1f\n", kind->name, kind->cases, kind->agree,
           100.0 * (double)kind->agree / (double)kind->cases, kind->false_accepts, kind->false_rejects, kind->undecided,
           kind->times[kind->cases / 2], kind->times[kind->cases * 99 / 100], kind->times[kind->cases - 1]);
}

/* What the grader promises, in percent. */
static bool is_below(const struct kind *kind, double agreement, double false_accepts, double undecided)
{
    double cases = (double)(kind->cases == 0 ? 1 : kind->cases);

    return kind->cases > 0 && (100.0 * (double)kind->agree / cases < agreement || 100.0 * (double)kind->false_accepts / cases > false_accepts ||
                               100.0 * (double)kind->undecided / cases > undecided);
}

static int report(struct tally *tally)
{
    struct kind sums[] = { { .name = "SUM own" }, { .name = "SUM upstream" }, { .name = "SUM contested" } };
    int status = 0;

    printf("%-36s %6s %6s %8s %5s %5s %5s %9s %9s %9s\n", "kind", "cases", "agree", "", "FA", "FR", "undec", "median_us", "p99_us", "max_us");
    for (size_t i = 0; i < sizeof sums / sizeof sums[0]; i++)
        sums[i].times = xcalloc(ROWS_MAX, sizeof *sums[i].times);
    for (size_t i = 0; i < tally->kind_count; i++) {
        const char *name = tally->kinds[i].name;
        print_kind(&tally->kinds[i]);
        add_kind(&sums[strncmp(name, "contested_", 10) == 0 ? 2 : strncmp(name, "up_", 3) == 0], &tally->kinds[i]);
    }
    for (size_t i = 0; i < sizeof sums / sizeof sums[0]; i++) {
        print_kind(&sums[i]);
        if (tally->floor)
            status |= i == 2 ? sums[i].unexplained > 8 : is_below(&sums[i], i == 0 ? 99.0 : 85.0, i == 0 ? 0.1 : 0.5, i == 0 ? 0.5 : 1.5);
        free(sums[i].times);
    }
    printf("golds unequal to themselves: %zu of %zu; contested without a policy that explains them: %zu\n", tally->golds_unequal,
           tally->golds, sums[2].unexplained);
    printf("otherwise with gold and answer exchanged: %zu of %zu\n", tally->asymmetric, tally->turned);
    return status | (tally->floor && (tally->golds_unequal > 0 || tally->asymmetric > 0));
}

static int read_file(struct tally *tally, const char *path)
{
    struct err err = ERR_INIT;
    struct jsonl *jsonl = jsonl_open(path, &err);
    struct arena *arena = arena_new();
    struct json_doc *doc;
    int got = -1;

    while (jsonl != NULL && (got = jsonl_next(jsonl, &doc, &err)) > 0) {
        run_row(tally, json_root(doc), arena);
        arena_clear(arena);
        json_free(doc);
    }
    if (got < 0)
        fprintf(stderr, "agree: %s\n", err.text);
    jsonl_close(jsonl);
    arena_free(arena);
    return got;
}

int main(int argc, char **argv)
{
    struct tally *tally = xcalloc(1, sizeof *tally);
    int status = 0;

    tally->maths = maths_new();
    policy_profile("canonical", &tally->policy);
    for (int i = 1; i < argc && status == 0; i++) {
        if (strcmp(argv[i], "-v") == 0)
            tally->verbose = true;
        else if (strcmp(argv[i], "-a") == 0)
            tally->given_answer = true;
        else if (strcmp(argv[i], "--floor") == 0)
            tally->floor = true;
        else if (strncmp(argv[i], "--profile=", 10) == 0)
            status = policy_profile(argv[i] + 10, &tally->policy) ? 0 : 64;
        else
            status = read_file(tally, argv[i]) < 0 ? 65 : 0;
    }
    if (status == 0)
        status = report(tally);
    for (size_t i = 0; i < tally->kind_count; i++)
        free(tally->kinds[i].times);
    maths_free(tally->maths);
    maths_finish();
    free(tally);
    return status;
}
