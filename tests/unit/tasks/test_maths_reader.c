/*
 * Finding the mathematical answer in an output; over the shared rows too, where they are.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "harness/base/arena.h"
#include "harness/base/file.h"
#include "harness/base/json.h"
#include "harness/base/jsonl.h"
#include "tasks/readers/maths.h"

static const struct maths_rules NUMBERS = { .formula = true, .bare = true, .number = true };

/* answer NULL: nothing is found. */
static const struct {
    const char *output, *answer;
} CASES[] = {
    /* Boxes. */
    { "So $\\boxed{\\frac{1}{2}}$.", "\\frac{1}{2}" },
    { "first \\boxed{3} then \\boxed{4}", "4" },
    { "\\boxed{\\boxed{7}}", "7" },
    { "\\boxed {x+1}", "x+1" },
    { "\\fbox{12}", "12" },
    { "\\beginboxed{8\\sqrt{6}}", "8\\sqrt{6}" },
    { "so \\boxed{\\{1,2\\}} is the set", "\\{1,2\\}" },
    { "is \boxed{9}", "9" },
    { "is \fbox{9}", "9" },
    { "\\boxed 42", "42" },
    { "\\boxed 42$ is it", "42" },
    { "\\boxed{5} and then \\boxed{6", "5" },
    { "\\boxed{6", NULL },
    { "\\boxed{}", NULL },
    { "\\boxed{3} or so, but \\boxed{}", "3" },
    { "\\boxed{2}, \\boxed{3}", "2, 3" },
    { "$\\boxed{2}$ and $\\boxed{3}$ and $\\boxed{5}$", "2, 3, 5" },
    { "$$\\boxed{(2, 2)} \\quad \\text{and} \\quad \\boxed{(6, 2)}$$", "(2, 2), (6, 2)" },
    { "For one \\boxed{1}. For the other \\boxed{2}", "2" },
    { "\\boxed{28}\\%", "28\\%" },
    { "$\\boxed{28}$ percent", "28\\%" },
    { "$x \\in \\boxed{[-2,7]}$", "[-2,7]" },
    { "\\boxed{189}\\) square centimeters.", "189" },
    /* Thinking. */
    { "<think>\\boxed{1}</think>\\boxed{2}", "2" },
    { "<think>\\boxed{1}", NULL },
    { "\\boxed{1}</think>the answer is 2", "2" },
    /* Markers. */
    { "Answer: $3\\sqrt{13}$", "3\\sqrt{13}" },
    { "**Answer:** \\(p - q\\)", "p - q" },
    { "**Answer**: 5", "5" },
    { "ANSWER: 52_8", "52_8" },
    { "Answer: 42.", "42" },
    { "**Answer:**\n\n$7$", "7" },
    { "Answer:\n\\[\nx^2\n\\]\n", "x^2" },
    { "Final Answer: The final answer is $[2,5)$. I hope it is correct.", "[2,5)" },
    { "The answer is $5$ because it is prime.", "5" },
    { "The answer is 42 because geometry proves it", "42" },
    { "Answer: the value of n is $5$", "5" },
    { "Final Answer: The largest $n$ is 34.", "34" },
    { "The answer is 3. No: the answer is 4.", "4" },
    { "#### 17", "17" },
    { "\xE7\xAD\x94\xE6\xA1\x88\xEF\xBC\x9A 12", "12" },
    { "Respuesta: $\\frac{1}{3}$", "\\frac{1}{3}" },
    { "Answer: $1$ and $2$", "$1$ and $2$" },
    { "Answer: \\boxed{3}, I think the answer is 4", "3" },
    /* Formulas, bare outputs, numbers. */
    { "Therefore $x \\geq 5$ is the solution.", "x \\geq 5" },
    { "We try $1$.\n\nIn the end \\[ 9 \\]", "9" },
    { "It costs \\$5 and so $x=2$ follows", "x=2" },
    { "-54", "-54" },
    { "$1$ and $2$", "$1$ and $2$" },
    { "\\text{even}.", "\\text{even}" },
    { "", NULL },
};

static void check(const char *output, const struct maths_rules *rules, const char *answer)
{
    struct arena *arena = arena_new();
    struct maths_answer found;

    maths_find(output, rules, arena, &found);
    assert_non_null(found.how);
    if ((answer == NULL) != (found.text == NULL) || (answer != NULL && strcmp(answer, found.text) != 0))
        fail_msg("%s: found %s (%s), not %s", output, found.text == NULL ? "nothing" : found.text, found.how,
                 answer == NULL ? "nothing" : answer);
    arena_free(arena);
}

static void test_find_reads_by_the_rules(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++)
        check(CASES[i].output, NULL, CASES[i].answer);
}

static void test_find_takes_the_last_number_only_where_asked(void **state)
{
    const char *output = "First I had 3 and then I bought 4 more.\nSo I have 1,007 apples by now!";

    (void)state;
    check(output, &NUMBERS, "1,007");
    check(output, &maths_rules_strict, NULL);
    check("model\nAZYUK2A", &NUMBERS, NULL);
    check("it is -3.5% of it", &NUMBERS, "-3.5%");
}

/* Blanks, $ and a final stop around an answer are no part of it. */
static const char *core(const char *text, struct arena *arena)
{
    size_t length = strlen(text);
    char *copy;

    while (length > 0 && strchr(" $\n", text[0]) != NULL) {
        text++;
        length--;
    }
    copy = arena_strndup(arena, text, length);
    while (length > 0 && strchr(" $\n.", copy[length - 1]) != NULL)
        copy[--length] = '\0';
    return copy;
}

/* Counts rows whose answer is found, of all that say what it is. */
static size_t read_rows(const char *path, const char *field, const struct maths_rules *rules, size_t *rows)
{
    struct err err = ERR_INIT;
    struct jsonl *jsonl = jsonl_open(path, &err);
    struct arena *arena = arena_new();
    struct json_doc *doc;
    size_t right = 0;

    *rows = 0;
    assert_non_null(jsonl);
    while (jsonl_next(jsonl, &doc, &err) > 0) {
        const struct json *row = json_root(doc);
        const char *answer = json_string(row, field);
        struct maths_answer found;
        if (json_get(row, field) != NULL) {
            maths_find(json_string(row, "output"), rules, arena, &found);
            ++*rows;
            if (answer == NULL ? found.text == NULL : found.text != NULL && strcmp(core(answer, arena), core(found.text, arena)) == 0)
                right++;
            else
                fprintf(stderr, "line %zu: found %s, not %s\n", jsonl_line(jsonl), found.text == NULL ? "nothing" : found.text,
                        answer == NULL ? "nothing" : answer);
        }
        arena_clear(arena);
        json_free(doc);
    }
    jsonl_close(jsonl);
    arena_free(arena);
    return right;
}

static void check_rows(const char *path, const char *field, const struct maths_rules *rules)
{
    size_t rows, right;

    if (!file_exists(path))
        skip();
    right = read_rows(path, field, rules, &rows);
    printf("%zu of %zu\n", right, rows);
    assert_true(rows > 0);
    assert_int_equal(right, rows);
}

static void test_find_reads_every_row_that_names_its_answer(void **state)
{
    (void)state;
    check_rows(SHARED_DIR "/data/math_equiv/cases.jsonl", "answer", NULL);
}

static void test_find_reads_the_tricky_rows_of_math500(void **state)
{
    (void)state;
    check_rows(SHARED_DIR "/data/extraction/math500.jsonl", "expected", &maths_rules_strict);
}

static clock_t time_finding(const char *piece, size_t bytes)
{
    struct arena *arena = arena_new();
    size_t size = strlen(piece), count = bytes / size;
    char *output = arena_alloc(arena, count * size + 1);
    struct maths_answer found;
    clock_t start;

    for (size_t k = 0; k < count; k++)
        memcpy(output + k * size, piece, size);
    start = clock();
    maths_find(output, &NUMBERS, arena, &found);
    start = clock() - start;
    assert_non_null(found.how);
    arena_free(arena);
    return start;
}

/* Four times as much of what each rule looks for takes four times as long, and not sixteen times. */
static void test_find_takes_linear_time(void **state)
{
    static const char *const PIECES[] = { "\\boxed{", "}", "$", "answer:", "\\[", "$$", "{", "\\", "1,", "**", " is ", "\n\n",
                                          "\xCC\x81", "\xE7\xAD\x94", "\xE2\x80\xAE", "respuest" };

    (void)state;
    for (size_t i = 0; i < sizeof PIECES / sizeof PIECES[0]; i++) {
        clock_t quarter = time_finding(PIECES[i], 250000);
        assert_true(time_finding(PIECES[i], 1000000) < 8 * quarter + CLOCKS_PER_SEC / 10);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_find_reads_by_the_rules),
        cmocka_unit_test(test_find_takes_the_last_number_only_where_asked),
        cmocka_unit_test(test_find_reads_every_row_that_names_its_answer),
        cmocka_unit_test(test_find_reads_the_tricky_rows_of_math500),
        cmocka_unit_test(test_find_takes_linear_time),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
