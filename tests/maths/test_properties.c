/*
 * What must hold whatever the labels say: for every gold of the table, and of the shared cases where they are, dressing it
 * up, moving its members or multiplying both sides changes nothing; a number's neighbour is never equal to it; and what a
 * double says at a few places does not contradict the verdict.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "harness/base/file.h"
#include "harness/base/json.h"
#include "harness/base/jsonl.h"
#include "tasks/maths/maths.h"

#define CASES SHARED_DIR "/data/math_equiv/cases.jsonl"
#define MATH500 SHARED_DIR "/data/math500/test.jsonl"
#define GOLDS_MAX 4000

struct world {
    struct maths *maths;
    struct arena *arena;
    uint32_t policy;
    const char *golds[GOLDS_MAX];
    size_t gold_count;
    size_t tried, failed;
    uint64_t random;
};

static uint32_t next_random(struct world *world)
{
    world->random = world->random * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(world->random >> 33);
}

/* Counts a comparison, and complains unless the verdict is that one. */
static void expect(struct world *world, enum maths_verdict verdict, const char *gold, const char *answer, const char *what)
{
    struct maths_result result;

    maths_compare(world->maths, world->policy, gold, answer, &result);
    world->tried++;
    if (result.verdict == verdict)
        return;
    if (world->failed++ < 20)
        fprintf(stderr, "%s: %s | %s gives %s (%s) [%s | %s]\n", what, gold, answer, maths_verdict_name(result.verdict), result.rule,
                result.gold == NULL ? "-" : result.gold, result.answer == NULL ? "-" : result.answer);
}

static void add_gold(struct world *world, const char *gold)
{
    for (size_t i = 0; i < world->gold_count; i++)
        if (strcmp(world->golds[i], gold) == 0)
            return;
    if (world->gold_count < GOLDS_MAX && strlen(gold) < 400)
        world->golds[world->gold_count++] = arena_strdup(world->arena, gold);
}

static void add_table(struct world *world)
{
    struct err err = ERR_INIT;
    struct buf table;
    char *rest = NULL;

    buf_init(&table, 0);
    assert_int_equal(file_read(SOURCE_DIR "/tests/maths/equal.cases", &table, &err), 0);
    for (char *line = strtok_r(table.data, "\n", &rest); line != NULL; line = strtok_r(NULL, "\n", &rest)) {
        char *bar = strstr(line, " || "), *gold = strstr(line, "  ");
        if (line[0] == '#' || bar == NULL)
            continue;
        *bar = '\0';
        if (strcmp(gold + strspn(gold, " "), "\"\"") != 0)
            add_gold(world, gold + strspn(gold, " "));
    }
    buf_fini(&table);
}

/* The golds of our own kinds, a table of another grader's tests may hold anything; and those of MATH-500. */
static void add_shared(struct world *world, const char *path, const char *field)
{
    struct err err = ERR_INIT;
    struct jsonl *jsonl;
    struct json_doc *doc;

    if (!file_exists(path))
        return;
    jsonl = jsonl_open(path, &err);
    assert_non_null(jsonl);
    while (jsonl_next(jsonl, &doc, &err) > 0) {
        const char *kind = json_string(json_root(doc), "kind");
        if (kind == NULL || strncmp(kind, "up_", 3) != 0)
            add_gold(world, json_string(json_root(doc), field));
        json_free(doc);
    }
    jsonl_close(jsonl);
}

static int set_up(void **state)
{
    struct world *world = calloc(1, sizeof *world);

    world->maths = maths_new();
    world->arena = arena_new();
    world->random = 7;
    policy_profile("canonical", &world->policy);
    add_table(world);
    add_shared(world, CASES, "gold");
    add_shared(world, MATH500, "answer");
    *state = world;
    return 0;
}

static int tear_down(void **state)
{
    struct world *world = *state;

    maths_free(world->maths);
    maths_finish();
    arena_free(world->arena);
    free(world);
    return 0;
}

static void begin(struct world *world)
{
    world->tried = world->failed = 0;
}

static void end(struct world *world)
{
    printf("%zu tried, %zu failed\n", world->tried, world->failed);
    assert_true(world->tried > 0);
    assert_int_equal(world->failed, 0);
}

static void test_dressing_changes_nothing(void **state)
{
    static const char *const DRESSES[] = { "$%s$", " %s ", "%s.", "\\displaystyle %s", "\\[%s\\]", "\\(%s\\)", "$$ %s $$", "~%s\\,", "{%s}",
                                           "\\boldsymbol{%s}" };
    struct world *world = *state;

    begin(world);
    for (size_t i = 0; i < world->gold_count; i++)
        for (size_t k = 0; k < sizeof DRESSES / sizeof DRESSES[0]; k++) {
            char dressed[600];
            /* Braces make a set of a list, and bold words are words. */
            if (k >= 8 && (strpbrk(world->golds[i], ",;$%") != NULL || strstr(world->golds[i], "and") != NULL ||
                           strstr(world->golds[i], "or") != NULL || strstr(world->golds[i], "\\text") != NULL))
                continue;
            snprintf(dressed, sizeof dressed, DRESSES[k], world->golds[i]);
            expect(world, MATHS_EQUAL, world->golds[i], dressed, "dressed");
        }
    end(world);
}

/* Blanks and \left, \right where they may stand. */
static void test_blanks_change_nothing(void **state)
{
    struct world *world = *state;

    begin(world);
    for (size_t i = 0; i < world->gold_count; i++) {
        const char *gold = world->golds[i];
        struct buf spaced;
        buf_init(&spaced, 0);
        for (const char *c = gold; *c != '\0'; c++) {
            bool operator = strchr("+=<>", *c) != NULL && c > gold && c[-1] != '\\' && strchr("=<>!+-", c[1]) == NULL &&
                            strchr("=<>!+-eE", c[-1]) == NULL;
            if (operator && next_random(world) % 2 == 0)
                buf_addf(&spaced, " %c\\;", *c);
            else
                buf_add_char(&spaced, *c);
        }
        if (strstr(gold, "text") == NULL && strstr(gold, "->") == NULL)
            expect(world, MATHS_EQUAL, gold, spaced.data, "spaced");
        buf_fini(&spaced);
    }
    end(world);
}

static bool is_plain_number(const char *gold)
{
    return gold[strspn(gold, "0123456789")] == '\0' && strlen(gold) < 16;
}

/* A whole number against its neighbours, its tenfold, its negative, and against itself in other forms. */
static void test_numbers_keep_their_distance(void **state)
{
    struct world *world = *state;

    begin(world);
    for (size_t i = 0; i < world->gold_count; i++) {
        const char *gold = world->golds[i];
        long value = strtol(gold, NULL, 10);
        char other[120];
        if (!is_plain_number(gold) || value == 0)
            continue;
        static const char *const DIFFERENT[] = { "%ld1", "-%ld", "%ld.01", "%ld+1", "\\frac{%ld}{2}", "%ld\\sqrt2", "%ldx", "%ld_7",
                                                 "\\{%ld, 0\\}", "%ld, 0", "(%ld, 0)" };
        static const char *const EQUAL[] = { "%ld.0", "\\frac{%ld}{1}", "\\sqrt{%ld}^2", "%ld\\cdot\\frac{7}{7}", "-(-%ld)", "%ld+\\pi-\\pi",
                                             "x=%ld", "\\{%ld\\}", "%ld\\text{ apples}", "\\$%ld", "%ld^1", "\\left(%ld\\right)" };
        for (size_t k = 0; k < sizeof DIFFERENT / sizeof DIFFERENT[0]; k++) {
            snprintf(other, sizeof other, DIFFERENT[k], value);
            struct maths_result result;
            maths_compare(world->maths, world->policy, gold, other, &result);
            expect(world, MATHS_DIFFERENT, gold, other, "neighbour");
        }
        for (size_t k = 0; k < sizeof EQUAL / sizeof EQUAL[0]; k++) {
            snprintf(other, sizeof other, EQUAL[k], value);
            expect(world, MATHS_EQUAL, gold, other, "other form");
        }
    }
    end(world);
}

/* c a = c b if and only if a = b: both verdicts are the same. */
static void test_a_factor_on_both_sides_changes_nothing(void **state)
{
    static const char *const PAIRS[][2] = {
        { "\\sqrt8", "2\\sqrt2" }, { "x+1", "1+x" }, { "\\sqrt2+\\sqrt3", "\\sqrt{5+2\\sqrt6}" }, { "\\pi", "\\frac{22}{7}" },
        { "(x+y)^2", "x^2+2xy+y^2" }, { "(x+y)^2", "x^2+y^2" }, { "\\sin^2 x", "1-\\cos^2 x" }, { "\\ln 6", "\\ln 2+\\ln 3" },
        { "e^{x}", "x^{e}" }, { "1+i", "1-i" }, { "\\frac{1}{x}", "x^{-1}" }, { "2^{10}", "1024" }, { "\\sqrt{x}", "x" },
    };
    struct world *world = *state;

    begin(world);
    for (size_t i = 0; i < sizeof PAIRS / sizeof PAIRS[0]; i++) {
        struct maths_result result;
        maths_compare(world->maths, world->policy, PAIRS[i][0], PAIRS[i][1], &result);
        enum maths_verdict verdict = result.verdict;
        for (int k = 0; k < 40; k++) {
            char one[200], other[200];
            unsigned over = 1 + next_random(world) % 90, under = 1 + next_random(world) % 90;
            snprintf(one, sizeof one, "-\\frac{%u}{%u}\\left(%s\\right)+%u", over, under, PAIRS[i][0], over);
            snprintf(other, sizeof other, "%u-\\frac{%u\\left(%s\\right)}{%u}", over, over, PAIRS[i][1], under);
            expect(world, verdict, one, other, "both sides multiplied");
        }
    }
    end(world);
}

/* Lists and sets of random members in two orders; and with one member changed. */
/* arctan p/q + arctan r/s is arctan of (ps + qr) / (qs - pr), or pi more or less; and nothing near it. */
static void test_angles_add_up(void **state)
{
    struct world *world = *state;
    char gold[96], answer[96];

    for (int i = 0; i < 200; i++) {
        int p = 1 + (int)(next_random(world) % 30), q = 1 + (int)(next_random(world) % 30);
        int r = 1 + (int)(next_random(world) % 30), s = 1 + (int)(next_random(world) % 30);
        int over = p * s + q * r, under = q * s - p * r;
        if (under == 0)
            continue;
        snprintf(gold, sizeof gold, "\\arctan\\frac{%d}{%d}+\\arctan\\frac{%d}{%d}", p, q, r, s);
        snprintf(answer, sizeof answer, "%s\\arctan\\frac{%d}{%d}", under < 0 ? "\\pi+" : "", over, under);
        expect(world, MATHS_EQUAL, gold, answer, "angles");
        snprintf(answer, sizeof answer, "%s\\arctan\\frac{%d}{%d}", under < 0 ? "" : "\\pi+", over, under);
        expect(world, MATHS_DIFFERENT, gold, answer, "angles, pi apart");
        snprintf(answer, sizeof answer, "%s\\arctan\\frac{%d00000001}{%d00000000}", under < 0 ? "\\pi+" : "", over, under);
        expect(world, MATHS_DIFFERENT, gold, answer, "angles, nearly");
    }
    assert_int_equal(world->failed, 0);
}

/* (a + b sqrt n)^k, its logarithm and k times that of the base. */
static void test_logarithms_add_up(void **state)
{
    struct world *world = *state;
    char gold[96], answer[96];

    for (int i = 0; i < 200; i++) {
        int a = 1 + (int)(next_random(world) % 12), b = 1 + (int)(next_random(world) % 12);
        int n = 2 + (int)(next_random(world) % 12), k = 2 + (int)(next_random(world) % 5);
        long re = 1, im = 0;
        for (int j = 0; j < k; j++) {
            long more = re * a + im * b * n;
            im = re * b + im * a;
            re = more;
        }
        snprintf(gold, sizeof gold, "%d\\ln(%d+%d\\sqrt{%d})", k, a, b, n);
        snprintf(answer, sizeof answer, "\\ln(%ld+%ld\\sqrt{%d})", re, im, n);
        expect(world, MATHS_EQUAL, gold, answer, "logarithms");
        snprintf(answer, sizeof answer, "\\ln(%ld+%ld\\sqrt{%d})", re + 1, im, n);
        expect(world, MATHS_DIFFERENT, gold, answer, "logarithms, nearly");
    }
    assert_int_equal(world->failed, 0);
}

static void test_order_of_members_says_nothing(void **state)
{
    static const char *const MEMBERS[] = { "1", "-2", "\\frac12", "\\sqrt2", "x", "(1,2)", "\\pi", "3i", "0.7", "2x+1" };
    static const size_t COUNT = sizeof MEMBERS / sizeof MEMBERS[0];
    struct world *world = *state;

    begin(world);
    for (int round = 0; round < 300; round++) {
        size_t order[10], count = 2 + next_random(world) % 7;
        char one[300] = "", other[300] = "", less[300] = "";
        for (size_t i = 0; i < COUNT; i++)
            order[i] = i;
        for (size_t i = COUNT; i-- > 1;) {
            size_t k = next_random(world) % (i + 1), swap = order[i];
            order[i] = order[k];
            order[k] = swap;
        }
        for (size_t i = 0; i < count; i++) {
            strncat(one, MEMBERS[order[i]], 40);
            strncat(other, MEMBERS[order[count - 1 - i]], 40);
            strncat(less, MEMBERS[order[i == 0 ? 9 : i]], 40);
            if (i + 1 < count) {
                strncat(one, ", ", 3);
                strncat(other, ", ", 3);
                strncat(less, ", ", 3);
            }
        }
        char set[320];
        snprintf(set, sizeof set, "\\left\\{%s\\right\\}", other);
        expect(world, MATHS_EQUAL, one, other, "reversed");
        expect(world, MATHS_EQUAL, one, set, "as a set");
        expect(world, MATHS_EQUAL, set, one, "of a set");
        if (order[0] != order[9])
            expect(world, MATHS_DIFFERENT, one, less, "another member");
    }
    end(world);
}

/* Sums of random surds, whose values a double tells apart or not. */
static void test_doubles_do_not_contradict(void **state)
{
    struct world *world = *state;

    begin(world);
    for (int round = 0; round < 3000; round++) {
        int a = (int)(next_random(world) % 12), b = (int)(next_random(world) % 12), c = (int)(next_random(world) % 12),
            d = (int)(next_random(world) % 12), e = 2 + (int)(next_random(world) % 30), f = 2 + (int)(next_random(world) % 30);
        double one = a + b * sqrt(e), other = c + d * sqrt(f);
        char gold[100], answer[100];
        struct maths_result result;
        snprintf(gold, sizeof gold, "%d+%d\\sqrt{%d}", a, b, e);
        snprintf(answer, sizeof answer, "%d\\sqrt{%d}+%d", d, f, c);
        maths_compare(world->maths, world->policy, gold, answer, &result);
        expect(world, fabs(one - other) > 1e-9 ? MATHS_DIFFERENT : MATHS_EQUAL, gold, answer, "against doubles");
        snprintf(gold, sizeof gold, "\\sqrt{%d+2\\sqrt{%d}}", e + f, e * f);
        snprintf(answer, sizeof answer, "\\sqrt{%d}+\\sqrt{%d}", e, f);
        expect(world, MATHS_EQUAL, gold, answer, "denested");
    }
    end(world);
}

/* What is longer than what is worked out; a size. Neither the true value nor the next one is said to be another. */
static void test_what_is_not_worked_out_is_not_different(void **state)
{
    static const char *const SIZES[] = { "\\|(3,4)\\|", "|\\{1,2,3,4,6\\}|" };
    struct world *world = *state;

    begin(world);
    for (long n = 1001; n < 100000; n = n * 3 / 2) {
        char sum[100], product[100], value[100];
        for (long error = 0; error <= 1; error++) {
            snprintf(sum, sizeof sum, "\\sum_{k=1}^{%ld} k", n);
            snprintf(value, sizeof value, "%ld", n * (n + 1) / 2 + error);
            expect(world, MATHS_UNDECIDED, value, sum, "a long sum");
            snprintf(product, sizeof product, "\\prod_{k=1}^{%ld} (1+1/k)", n);
            snprintf(value, sizeof value, "%ld", n + 1 + error);
            expect(world, MATHS_UNDECIDED, value, product, "a long product");
        }
    }
    for (size_t i = 0; i < sizeof SIZES / sizeof SIZES[0]; i++)
        expect(world, MATHS_UNDECIDED, "5", SIZES[i], "a size");
    end(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_dressing_changes_nothing),
        cmocka_unit_test(test_blanks_change_nothing),
        cmocka_unit_test(test_numbers_keep_their_distance),
        cmocka_unit_test(test_a_factor_on_both_sides_changes_nothing),
        cmocka_unit_test(test_angles_add_up),
        cmocka_unit_test(test_logarithms_add_up),
        cmocka_unit_test(test_order_of_members_says_nothing),
        cmocka_unit_test(test_doubles_do_not_contradict),
        cmocka_unit_test(test_what_is_not_worked_out_is_not_different),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
