/*
 * Answers made to hang or to flood a grader. Each gets a verdict at once, and memory stays small.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "harness/base/buf.h"
#include "tasks/maths/maths.h"

/* The promise is 50 ms; the sanitizers take ten times as long, and the machine may be slow. */
#define SECONDS_MAX 2.0

static struct maths *maths;
static uint32_t policy;
static double slowest;

static enum maths_verdict compare(const char *gold, const char *answer)
{
    struct maths_result result;
    clock_t start = clock();
    double took;

    maths_compare(maths, policy, gold, answer, &result);
    took = (double)(clock() - start) / CLOCKS_PER_SEC;
    if (took > SECONDS_MAX)
        fail_msg("%.60s | %.60s took %.3f s", gold, answer, took);
    slowest = took > slowest ? took : slowest;
    assert_non_null(result.rule);
    return result.verdict;
}

/* head, count times piece, middle, count times tail. */
static char *repeated(const char *head, const char *piece, size_t count, const char *middle, const char *tail)
{
    struct buf buf;
    char *text;

    buf_init(&buf, 0);
    buf_add_string(&buf, head);
    for (size_t i = 0; i < count; i++)
        buf_add_string(&buf, piece);
    buf_add_string(&buf, middle);
    for (size_t i = 0; i < count; i++)
        buf_add_string(&buf, tail);
    text = buf_take(&buf);
    buf_fini(&buf);
    return text;
}

static const struct {
    const char *head, *piece, *middle, *tail;
} PATTERNS[] = {
    { "", "(", "1", ")" },         { "", "\\frac{1}{", "1", "}" },  { "", "\\sqrt{", "2", "}" },      { "", "{", "1", "}" },
    { "", "[", "1", "]" },         { "", "\\{", "1", "\\}" },       { "", "|", "1", "|" },            { "", "-", "1", "" },
    { "", "\\text{", "a", "}" },   { "", "2^{", "2", "}" },         { "1", "+1", "", "" },            { "x", "x", "", "" },
    { "1", ",1", "", "" },         { "", "\\sin ", "x", "" },       { "", "9", "", "" },              { "1.", "3", "", "" },
    { "1", "!", "", "" },          { "", "\\pm ", "1", "" },        { "x", "_x", "", "" },            { "x", "^x", "", "" },
    { "x", "=x", "", "" },         { "", "\\left(", "1", "\\right)" }, { "", "\\begin{pmatrix}", "1", "\\end{pmatrix}" },
    { "\\begin{pmatrix}1", "&1", "", "" }, { "", "\\", "", "" },    { "", "$", "", "" },              { "", "\xE2\x88\x9A", "2", "" },
    { "", "(x+1)", "", "" },       { "", "(x+y+z+w)", "", "" },     { "", "\\sqrt{2}+", "1", "" },    { "", "\\ln(1+", "1", ")" },
    { "", "e^{", "1", "}" },       { "", "1/(1+", "x", ")" },       { "", "\\binom{9}{", "3", "}" },  { "[0,1]", "\\cup[0,1]", "", "" },
    { "", "a_{", "1", "}" },       { "1", ":1", "", "" },           { "1\\text{ m", " m", "}", "" },  { "0.", "(3)", "", "" },
    { "", "\\arctan\\sqrt2+", "1", "" },     { "", "\\ln(2+\\sqrt3)+", "1", "" },  { "", "\\frac{d}{dx}(", "x", ")" },
    { "\\frac{", "d", "}{dx}", "" },      { "\\frac{dy}{", "dx", "}", "" },          { "", "\\frac{d}{dx}", "y", "" },
    { "", "\\sinh^{-1}(", "1", ")" },       { "1", "\\mod\\pi", "", "" },               { "", "\xCC\x81", "1", "" },
    { "", "\xE2\x80\xAE", "1", "" },        { "", "\xF0\x9D\x9F\x98", "", "" },           { "", "\\sqrt[", "2", "]{2}" },
};

static void test_patterns_of_any_length_get_a_verdict(void **state)
{
    static const size_t COUNTS[] = { 1, 2, 5, 10, 30, 60, 100, 250, 500, 1000, 100000 };

    (void)state;
    for (size_t i = 0; i < sizeof PATTERNS / sizeof PATTERNS[0]; i++)
        for (size_t k = 0; k < sizeof COUNTS / sizeof COUNTS[0]; k++) {
            char *text = repeated(PATTERNS[i].head, PATTERNS[i].piece, COUNTS[k], PATTERNS[i].middle, PATTERNS[i].tail);
            compare("7", text);
            compare("x+1", text);
            compare("\\frac{\\sqrt2}{2}", text);
            if (strlen(text) > 4096)
                assert_int_equal(compare("7", text), MATHS_LIMIT);
            compare(text, "7");
            free(text);
        }
    printf("slowest %.3f s\n", slowest);
}

static const struct {
    const char *gold, *answer;
    enum maths_verdict verdict;
} BOMBS[] = {
    { "5", "2^{2^{2^{49}}}", MATHS_LIMIT },
    { "5", "10^{10^{10^{10}}}", MATHS_LIMIT },
    { "5", "99999999!", MATHS_LIMIT },
    { "5", "((9!)!)!", MATHS_LIMIT },
    { "5", "e^{e^{e^{e^{e^{e}}}}}", MATHS_UNDECIDED },
    { "5", "\\sum_{k=1}^{1000000000} k", MATHS_UNDECIDED },
    { "x", "(x+1)^{10000}", MATHS_DIFFERENT },
    { "x", "(a+b+c+d+f+g+h+k)^{8}", MATHS_DIFFERENT },
    { "x", "((x+1)^{1000})^{1000}", MATHS_DIFFERENT },
    { "5", "1e9999", MATHS_DIFFERENT },
    { "5", "1e99999", MATHS_LIMIT },
    { "5", "1e-9999", MATHS_DIFFERENT },
    { "5", "\\frac{1}{0}", MATHS_UNDECIDED },
    { "5", "0^0^0", MATHS_DIFFERENT },
    { "5", "\\sqrt[99999999]{2}", MATHS_UNDECIDED },
    { "5", "\\log_1 1", MATHS_UNDECIDED },
    { "0", "\\frac{0}{0}", MATHS_UNDECIDED },
    { "0", "0\\cdot\\infty", MATHS_UNDECIDED },
    { "1", "\\binom{4000}{2000}", MATHS_DIFFERENT },
    { "1", "\\sin(10^{4000})", MATHS_DIFFERENT },
    { "1", "\\sin(10^{9000})", MATHS_UNDECIDED },
    { "1", "\\lfloor\\sin(10^{9000})\\rfloor \\bmod \\pi", MATHS_UNDECIDED },
    { "1", "\\lfloor 10^{500}\\pi\\rfloor", MATHS_DIFFERENT },
    { "\\sqrt{2}+\\sqrt{3}+\\sqrt{5}+\\sqrt{7}+\\sqrt{11}+\\sqrt{13}+\\sqrt{17}",
      "\\sqrt{17}+\\sqrt{13}+\\sqrt{11}+\\sqrt{7}+\\sqrt{5}+\\sqrt{3}+\\sqrt{2}", MATHS_EQUAL },
};

static void test_bombs_get_their_verdict(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof BOMBS / sizeof BOMBS[0]; i++) {
        enum maths_verdict verdict = compare(BOMBS[i].gold, BOMBS[i].answer);
        if (verdict != BOMBS[i].verdict)
            fail_msg("%s | %s: %s", BOMBS[i].gold, BOMBS[i].answer, maths_verdict_name(verdict));
    }
}

/* Forms that are equal by a bound of many bits, that are near, and that nobody can prove. */
static void test_hard_pairs_stay_in_bounds(void **state)
{
    static const char *const PAIRS[][2] = {
        { "\\sqrt{\\sqrt{\\sqrt{\\sqrt{2}}}}", "2^{1/16}" },
        { "\\sqrt[3]{\\sqrt[3]{2}-1}", "\\sqrt[3]{\\frac19}-\\sqrt[3]{\\frac29}+\\sqrt[3]{\\frac49}" },
        { "\\sqrt{8-\\sqrt{55}}", "\\frac{\\sqrt{22}-\\sqrt{10}}{2}" },
        { "\\sqrt{1+\\sqrt{2+\\sqrt{3+\\sqrt{5}}}}", "\\sqrt{1+\\sqrt{2+\\sqrt{3+\\sqrt{6}}}}" },
        { "\\cos\\frac{2\\pi}{17}", "\\frac{-1+\\sqrt{17}+\\sqrt{34-2\\sqrt{17}}+2\\sqrt{17+3\\sqrt{17}-\\sqrt{34-2\\sqrt{17}}-2\\sqrt{34+2\\sqrt{17}}}}{16}" },
        { "\\sin 1^\\circ\\cos 1^\\circ", "\\frac12\\sin 2^\\circ" },
        { "\\ln(2+\\sqrt3)", "-\\ln(2-\\sqrt3)" },
        { "9999\\ln(\\sqrt2+\\sqrt3)", "-9999\\ln(\\sqrt3-\\sqrt2)" },
        { "1000\\ln(\\sqrt2+\\sqrt3+\\sqrt5)", "500\\ln\\left((\\sqrt2+\\sqrt3+\\sqrt5)^2\\right)" },
        { "12\\arctan(\\sqrt2+\\sqrt3+\\sqrt5)", "6\\pi-12\\arctan\\frac{1}{\\sqrt2+\\sqrt3+\\sqrt5}" },
        { "24\\arcsin\\frac{\\sqrt{2+\\sqrt3}}{3}", "12\\pi-24\\arccos\\frac{\\sqrt{2+\\sqrt3}}{3}" },
        { "40\\arcsin\\frac{\\sqrt{2+\\sqrt3}}{3}", "20\\pi-40\\arccos\\frac{\\sqrt{2+\\sqrt3}}{3}" },
        { "\\arctan(\\sqrt2+\\sqrt3)+\\arctan(\\sqrt5+\\sqrt7)+\\arctan(\\sqrt{11}+\\sqrt{13})",
          "\\frac{3\\pi}{2}-\\arctan(\\sqrt3-\\sqrt2)-\\arctan\\frac{\\sqrt7-\\sqrt5}{2}-\\arctan\\frac{\\sqrt{13}-\\sqrt{11}}{2}" },
        { "\\pi^{e}", "e^{\\pi}" },
        { "\\tan 9^\\circ-\\tan27^\\circ-\\tan63^\\circ+\\tan81^\\circ", "4" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof PAIRS / sizeof PAIRS[0]; i++)
        printf("%s = %s: %s\n", PAIRS[i][0], PAIRS[i][1], maths_verdict_name(compare(PAIRS[i][0], PAIRS[i][1])));
    printf("slowest %.3f s\n", slowest);
}

static void test_memory_stays_small(void **state)
{
    struct rusage usage;

    (void)state;
    for (int i = 0; i < 2000; i++)
        compare("\\frac{(x+y)^8}{x-\\sqrt2}", "(x+y)^7\\cdot\\frac{x+y}{x-\\sqrt{2}}");
    getrusage(RUSAGE_SELF, &usage);
    printf("%ld MiB\n", usage.ru_maxrss / 1024);
    assert_true(usage.ru_maxrss < 1024 * 1024);
}

static int set_up(void **state)
{
    (void)state;
    maths = maths_new();
    policy_profile("canonical", &policy);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    maths_free(maths);
    maths_finish();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_patterns_of_any_length_get_a_verdict),
        cmocka_unit_test(test_bombs_get_their_verdict),
        cmocka_unit_test(test_hard_pairs_stay_in_bounds),
        cmocka_unit_test(test_memory_stays_small),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
