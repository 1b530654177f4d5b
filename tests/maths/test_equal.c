/*
 * Every line of equal.cases: the verdict, the policies it rests on, and the same with gold and answer exchanged. The last
 * tests hold all the texts in it against themselves.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "harness/base/file.h"
#include "tasks/maths/maths.h"

#define TABLE SOURCE_DIR "/tests/maths/equal.cases"
#define DISPUTED SOURCE_DIR "/tests/maths/disputed.cases"

static const char *table_path = TABLE;

/* One line of the table. */
struct line {
    size_t number;
    char *gold, *answer;
    enum maths_verdict verdict;
    uint32_t policy;            /* to compare with */
    uint32_t rests_on;          /* what must be named as used */
    uint32_t turned_on;
    bool one_way;
};

static struct maths *maths;
static size_t failures;

static void complain(const struct line *line, const char *what, const struct maths_result *result)
{
    fprintf(stderr, "%s:%zu: %s: %s || %s gives %s (%s) [%s | %s]\n", table_path, line->number, what, line->gold, line->answer,
            maths_verdict_name(result->verdict), result->rule, result->gold == NULL ? "-" : result->gold,
            result->answer == NULL ? "-" : result->answer);
    failures++;
}

static enum maths_verdict verdict_of(const char *name)
{
    for (enum maths_verdict verdict = MATHS_EQUAL; verdict <= MATHS_BAD_GOLD; verdict++)
        if (strcmp(maths_verdict_name(verdict), name) == 0)
            return verdict;
    fail_msg("no verdict is called %s", name);
    return MATHS_EQUAL;
}

static uint32_t bit_of(const char *name)
{
    for (const struct policy *policy = policies; policy->name != NULL; policy++)
        if (strcmp(policy->name, name) == 0)
            return policy->bit;
    fail_msg("no policy is called %s", name);
    return 0;
}

static void read_head(char *head, struct line *line)
{
    char *rest = NULL, *word = strtok_r(head, " ", &rest);

    line->one_way = strcmp(word, "one-way") == 0;
    if (line->one_way)
        word = strtok_r(NULL, " ", &rest);
    line->verdict = verdict_of(word);
    while ((word = strtok_r(NULL, " ", &rest)) != NULL) {
        if (word[0] == '+')
            line->turned_on |= bit_of(word + 1);
        else if (word[0] == '-')
            line->policy &= ~bit_of(word + 1);
        else
            line->rests_on |= bit_of(word);
    }
    line->policy |= line->turned_on;
}

/* The verdict and its policies are words of lower case; the gold begins after them, at three blanks or a longer gap. */
static bool read_line(char *text, struct line *line)
{
    char *bar = strstr(text, " || "), *gold = strstr(text, "  ");

    if (text[0] == '#' || text[0] == '\0')
        return false;
    if (bar == NULL || gold == NULL || gold > bar)
        fail_msg("%s:%zu: no gold || answer", table_path, line->number);
    *bar = '\0';
    *gold = '\0';
    line->gold = gold + 1 + strspn(gold + 1, " ");
    line->answer = bar + 4;
    if (strcmp(line->gold, "\"\"") == 0)
        line->gold = (char *)"";
    if (strcmp(line->answer, "\"\"") == 0)
        line->answer = (char *)"";
    policy_profile("canonical", &line->policy);
    read_head(text, line);
    return true;
}

static void check_line(const struct line *line)
{
    struct maths_result result;

    maths_compare(maths, line->policy, line->gold, line->answer, &result);
    if (result.verdict != line->verdict)
        complain(line, "another verdict", &result);
    if (line->rests_on != 0 && (result.policies & line->rests_on) != line->rests_on)
        complain(line, "does not name its policy", &result);
    if (line->verdict == MATHS_EQUAL && line->rests_on != 0) {
        maths_compare(maths, line->policy & ~line->rests_on, line->gold, line->answer, &result);
        if (result.verdict == MATHS_EQUAL)
            complain(line, "equal without its policy", &result);
    }
    if (line->verdict == MATHS_EQUAL && line->turned_on != 0) {
        maths_compare(maths, line->policy & ~line->turned_on, line->gold, line->answer, &result);
        if (result.verdict == MATHS_EQUAL)
            complain(line, "equal by default", &result);
    }
    if (!line->one_way && line->rests_on == 0) {
        maths_compare(maths, line->policy, line->answer, line->gold, &result);
        if (result.verdict != line->verdict)
            complain(line, "not symmetrical", &result);
    }
}

static void check_self(const struct line *line, const char *text)
{
    struct maths_result result;

    maths_compare(maths, line->policy, text, text, &result);
    if (result.verdict != MATHS_EQUAL && text[0] != '\0')
        complain(line, "not equal to itself", &result);
}

/* Canonical text is read back as itself. What is words, or tells no more than its source, is not read. */
static void check_fixpoint(const struct line *line, const char *text)
{
    const char *canonical = maths_canonical(maths, line->policy, text), *again;
    struct maths_result result = { .rule = "canonical text" };
    char *kept;

    /* Numbers past the limit of digits are worked out, but would not be read. */
    if (canonical == NULL || strlen(canonical) > 400 || strstr(canonical, "\\text{") == canonical)
        return;
    kept = strdup(canonical);
    again = maths_canonical(maths, line->policy, kept);
    result.gold = kept;
    result.answer = again;
    if (again == NULL || strcmp(kept, again) != 0)
        complain(line, "canonical text is not read back", &result);
    free(kept);
}

/* visit is called for every case of the table. Returns how many there are. */
static size_t for_each_line(void (*visit)(const struct line *line))
{
    struct err err = ERR_INIT;
    struct buf table;
    size_t count = 0, number = 0;
    char *rest;

    buf_init(&table, 0);
    if (file_read(table_path, &table, &err) < 0)
        fail_msg("%s", err.text);
    maths = maths_new();
    failures = 0;
    for (char *text = table.data; text != NULL; text = rest) {
        struct line line = { .number = ++number };
        rest = strchr(text, '\n');
        if (rest != NULL)
            *rest++ = '\0';
        if (!read_line(text, &line))
            continue;
        visit(&line);
        count++;
    }
    maths_free(maths);
    buf_fini(&table);
    return count;
}

static void test_table_gives_its_verdicts(void **state)
{
    size_t tried = for_each_line(check_line);

    (void)state;
    print_message("promise: %zu tried, %zu failed\n", tried, failures);
    assert_true(tried >= 250);
    assert_int_equal(failures, 0);
}

/* Where other graders' labels say "equal": what we say stands, and is none of that. */
static void check_disputed(const struct line *line)
{
    assert_int_not_equal(line->verdict, MATHS_EQUAL);
    check_line(line);
}

static void test_disputed_labels_are_listed(void **state)
{
    (void)state;
    table_path = DISPUTED;
    assert_true(for_each_line(check_disputed) >= 90);
    table_path = TABLE;
    assert_int_equal(failures, 0);
}

static void check_both_selves(const struct line *line)
{
    check_self(line, line->gold);
    check_self(line, line->answer);
}

static void test_everything_equals_itself(void **state)
{
    (void)state;
    for_each_line(check_both_selves);
    assert_int_equal(failures, 0);
}

static void check_both_fixpoints(const struct line *line)
{
    check_fixpoint(line, line->gold);
    check_fixpoint(line, line->answer);
}

static void test_canonical_text_is_read_back(void **state)
{
    (void)state;
    for_each_line(check_both_fixpoints);
    assert_int_equal(failures, 0);
}

static int finish(void **state)
{
    (void)state;
    maths_finish();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table_gives_its_verdicts),
        cmocka_unit_test(test_disputed_labels_are_listed),
        cmocka_unit_test(test_everything_equals_itself),
        cmocka_unit_test(test_canonical_text_is_read_back),
    };

    return cmocka_run_group_tests(tests, NULL, finish);
}
