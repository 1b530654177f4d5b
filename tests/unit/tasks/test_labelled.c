/*
 * Labelled texts, read as other harnesses read them, and the recorded outputs of one model on AIME 2025. All of it is
 * shared data; where a file of it is missing the test says so and ends as skipped.
 */
#include <string.h>

#include "harness/base/arena.h"
#include "harness/base/file.h"
#include "harness/base/json.h"
#include "harness/base/jsonl.h"
#include "tasks/graders/graders.h"
#include "tasks/readers/hendrycks.h"
#include "tasks/readers/readers.h"
#include "tests/skip.h"
#include "tests/unit/tasks/read_text.h"

/* One column of a file of labelled cases, and the reader that has to agree with it. */
struct column {
    const char *file;
    const char *benchmark;      /* NULL: all rows */
    const char *column;
    const char *grader, *reader;
};

static const struct column COLUMNS[] = {
    { "gpqa.jsonl", NULL, "expected", "choice", "canonical" },
    { "aime.jsonl", NULL, "expected", "integer", "canonical" },
    { "mmlu_pro.jsonl", NULL, "expected", "choice", "canonical" },
    { "mmmlu.jsonl", NULL, "expected", "choice", "canonical" },
    { "mmmu.jsonl", NULL, "expected", "choice", "canonical" },
    { "profiles.jsonl", "gpqa", "canonical", "choice", "canonical" },
    { "profiles.jsonl", "gpqa", "simple_evals", "choice", "simple_evals" },
    { "profiles.jsonl", "gpqa", "artificial_analysis", "choice", "artificial_analysis" },
    { "profiles.jsonl", "gpqa", "inspect", "choice", "inspect" },
    { "profiles.jsonl", "mmlu_pro", "canonical", "choice", "canonical" },
    { "profiles.jsonl", "mmlu_pro", "mmlu_pro_official", "choice", "mmlu_pro_official" },
    { "profiles.jsonl", "mmlu_pro", "lm_eval", "choice", "lm_eval" },
    { "profiles.jsonl", "mmlu_pro", "artificial_analysis", "choice", "artificial_analysis" },
    { "profiles.jsonl", "mmlu_pro", "inspect", "choice", "inspect" },
    { "profiles.jsonl", "mmmlu", "canonical", "choice", "canonical" },
    { "profiles.jsonl", "mmmlu", "simple_evals_multilingual", "choice", "simple_evals_multilingual" },
    { "profiles.jsonl", "mmmu", "canonical", "choice", "canonical" },
    { "profiles.jsonl", "mmmu", "mmmu_official", "choice", "mmmu_official" },
    { "profiles.jsonl", "mmmu", "artificial_analysis", "choice", "artificial_analysis" },
    { "profiles.jsonl", "aime", "canonical", "integer", "canonical" },
};

/* Labels that say what an older version of the harness read, and what it reads now (tests/parity asks it). */
static const struct changed {
    const char *reader, *output, *reads;
} CHANGED[] = {
    { "inspect", "Answer: **A**", "A" },
    { "inspect", "ANSWER: $B$", "B" },
    { "inspect", "ANSWER: (C)", "C" },
    { "inspect", "answer:(E)", "E" },
    { "inspect", "</think>\n\n**Answer**: D", "D" },
};

static const char *expected_of(const struct column *column, const struct json *row)
{
    const char *output = json_string(row, "output");

    for (size_t i = 0; i < sizeof CHANGED / sizeof CHANGED[0]; i++)
        if (strcmp(CHANGED[i].reader, column->column) == 0 && strcmp(CHANGED[i].output, output) == 0)
            return CHANGED[i].reads;
    return json_string(row, column->column);
}

static int files_missing;

/* 1 when the reader disagrees with the row. */
static int check_row(const struct column *column, const struct json *row, size_t line, struct arena *arena)
{
    const struct reader *reader = readers_find(column->grader, column->reader);
    const char *expected = expected_of(column, row);
    int64_t choices = 0;
    struct answer answer;

    json_get_int64(row, "choices", &choices);
    answer = read_text(reader, json_string(row, "output"), (size_t)choices, arena);
    if (answer.text == NULL ? expected == NULL : expected != NULL && strcmp(answer.text, expected) == 0)
        return 0;
    print_error("%s:%zu: read %s (%s), expected %s\n", column->file, line,
                answer.text == NULL ? "nothing" : answer.text, answer.note == NULL ? "" : answer.note,
                expected == NULL ? "nothing" : expected);
    return 1;
}

static bool is_of(const struct json *row, const char *benchmark)
{
    const char *name = json_string(row, "benchmark");
    return benchmark == NULL || (name != NULL && strcmp(name, benchmark) == 0);
}

/* Returns how many rows it tried, and adds those that failed to *failed. */
static int check_column(const struct column *column, struct jsonl *rows, int *failed)
{
    struct arena *arena = arena_new();
    struct err err = ERR_INIT;
    struct json_doc *doc;
    int tried = 0, disagree = 0, rc;

    while ((rc = jsonl_next(rows, &doc, &err)) > 0) {
        const struct json *row = json_root(doc);
        if (is_of(row, column->benchmark)) {
            tried++;
            disagree += check_row(column, row, jsonl_line(rows), arena);
        }
        json_free(doc);
        arena_clear(arena);
    }
    if (rc < 0)
        fail_msg("%s", err.text);
    arena_free(arena);
    print_message("%s %s %s: %d tried, %d failed\n", column->file, column->grader, column->reader, tried, disagree);
    assert_true(tried > 0);
    *failed += disagree;
    return tried;
}

/* NULL when there is no such file. */
static struct jsonl *open_shared(const char *folder, const char *name, struct arena *arena)
{
    char *path = arena_printf(arena, "%s/%s/%s", SHARED_DIR, folder, name);
    struct err err = ERR_INIT;
    struct jsonl *rows;

    if (!file_exists(path)) {
        print_message("skipped: no %s\n", path);
        files_missing++;
        return NULL;
    }
    rows = jsonl_open(path, &err);
    if (rows == NULL)
        fail_msg("%s", err.text);
    return rows;
}

static void test_labelled_cases_are_read_as_labelled(void **state)
{
    struct arena *arena = arena_new();
    int tried = 0, failed = 0;

    (void)state;
    for (size_t i = 0; i < sizeof COLUMNS / sizeof COLUMNS[0]; i++) {
        struct jsonl *rows = open_shared("data/extraction", COLUMNS[i].file, arena);
        if (rows == NULL)
            continue;
        tried += check_column(&COLUMNS[i], rows, &failed);
        jsonl_close(rows);
    }
    arena_free(arena);
    print_message("promise: %d tried, %d failed\n", tried, failed);
    assert_int_equal(failed, 0);
}

static const char *form_of(const char *text, struct arena *arena)
{
    struct span form;

    return hendrycks_form(span_of(text), arena, &form) ? arena_strndup(arena, form.text, form.length) : text;
}

/* The labels hold what stands in the box, and nothing where there is none; today's program takes off the dressing, and
 * compares all that was said where there is no \\boxed: that is tests/parity's to show. */
static void test_boxes_of_lm_eval_are_read_as_labelled(void **state)
{
    struct arena *arena = arena_new();
    struct jsonl *rows = open_shared("data/extraction", "profiles.jsonl", arena);
    const struct reader *reader = readers_find("integer", "lm_eval_box");
    struct err err = ERR_INIT;
    struct json_doc *doc;
    int tried = 0;

    (void)state;
    while (rows != NULL && jsonl_next(rows, &doc, &err) > 0) {
        const char *label = json_string(json_root(doc), "lm_eval_box"), *output = json_string(json_root(doc), "output");
        if (label != NULL && strstr(output, "\\boxed") != NULL) {
            assert_string_equal(read_text(reader, output, 0, arena).text, form_of(label, arena));
            tried++;
        }
        json_free(doc);
    }
    assert_true(rows == NULL || tried > 20);
    jsonl_close(rows);
    print_message("lm_eval_box: %d tried, 0 failed\n", tried);
    arena_free(arena);
}

/* What the string rule alone says of pairs of answers. */
static void test_string_rule_of_math_is_as_labelled(void **state)
{
    struct arena *arena = arena_new();
    struct jsonl *rows = open_shared("data/extraction", "math500_equivalence.jsonl", arena);
    struct err err = ERR_INIT;
    struct json_doc *doc;
    int tried = 0, failed = 0;

    (void)state;
    while (rows != NULL && jsonl_next(rows, &doc, &err) > 0) {
        const char *pred = json_string(json_root(doc), "pred"), *gold = json_string(json_root(doc), "gold");
        bool label = false, same = strcmp(form_of(pred, arena), form_of(gold, arena)) == 0;

        assert_true(json_get_bool(json_root(doc), "hendrycks", &label));
        if (same != label)
            print_error("math500_equivalence.jsonl:%zu: %s || %s\n", jsonl_line(rows), pred, gold);
        tried++;
        failed += same != label;
        json_free(doc);
    }
    assert_true(rows == NULL || tried == 173);
    jsonl_close(rows);
    arena_free(arena);
    print_message("the string rule: %d tried, %d failed\n", tried, failed);
    assert_int_equal(failed, 0);
}

/* 240 recorded outputs of one model on AIME 2025. */
static void test_recorded_outputs_of_aime_are_scored(void **state)
{
    struct arena *arena = arena_new();
    struct jsonl *rows = open_shared("data/aime", "aime2025_outputs_gpt-oss-120b.jsonl", arena);
    struct sample sample = { .choice_count = 0 };
    struct err err = ERR_INIT;
    struct json_doc *doc;
    int tried = 0, right = 0, unread = 0;

    (void)state;
    while (rows != NULL && jsonl_next(rows, &doc, &err) > 0) {
        struct reply said = { .text = json_string(json_root(doc), "response") };
        struct grading grading = { .grader = &grader_integer, .reader = &reader_integer_canonical, .sample = &sample,
                                   .target = json_string(json_root(doc), "gold"), .said = &said };
        struct grade grade;
        assert_int_equal(grading_run(&grading, arena, &grade, &err), 0);
        tried++;
        right += grade.score > 0.5 ? 1 : 0;
        unread += grade.answer == NULL ? 1 : 0;
        json_free(doc);
        arena_clear(arena);
    }
    jsonl_close(rows);
    arena_free(arena);
    if (tried == 0)
        return;
    print_message("recorded AIME outputs: %d tried, %d right, %d without answer\n", tried, right, unread);
    assert_int_equal(tried, 240);
    assert_int_equal(right, 225);
    assert_int_equal(unread, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_labelled_cases_are_read_as_labelled),
        cmocka_unit_test(test_boxes_of_lm_eval_are_read_as_labelled),
        cmocka_unit_test(test_string_rule_of_math_is_as_labelled),
        cmocka_unit_test(test_recorded_outputs_of_aime_are_scored),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);

    return failed == 0 && files_missing > 0 ? EXIT_SKIPPED : failed;
}
