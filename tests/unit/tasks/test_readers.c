#include "tasks/readers/readers.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "harness/base/arena.h"
#include "harness/base/file.h"
#include "harness/base/json.h"
#include "harness/base/jsonl.h"
#include "harness/engine/grading.h"
#include "harness/engine/sample.h"
#include "tasks/graders/graders.h"

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

static struct answer read_text(const struct reader *reader, const char *text, size_t choice_count, struct arena *arena)
{
    struct reply said = { .text = text };
    struct sample sample = { .choice_count = choice_count };
    struct grading grading = { .reader = reader, .sample = &sample, .said = &said };
    struct answer answer;
    struct err err = ERR_INIT;

    if (reader->read(&grading, arena, &answer, &err) < 0)
        fail_msg("%s", err.text);
    return answer;
}

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

static int check_column(const struct column *column, struct jsonl *rows)
{
    struct arena *arena = arena_new();
    struct err err = ERR_INIT;
    struct json_doc *doc;
    int tried = 0, failed = 0, rc;

    while ((rc = jsonl_next(rows, &doc, &err)) > 0) {
        const struct json *row = json_root(doc);
        if (is_of(row, column->benchmark)) {
            tried++;
            failed += check_row(column, row, jsonl_line(rows), arena);
        }
        json_free(doc);
        arena_clear(arena);
    }
    if (rc < 0)
        fail_msg("%s", err.text);
    arena_free(arena);
    print_message("%s %s %s: %d tried, %d failed\n", column->file, column->grader, column->reader, tried, failed);
    assert_true(tried > 0);
    return failed;
}

static struct jsonl *open_shared(const char *folder, const char *name, struct arena *arena)
{
    char *path = arena_printf(arena, "%s/%s/%s", SHARED_DIR, folder, name);
    struct err err = ERR_INIT;
    struct jsonl *rows;

    if (!file_exists(path)) {
        print_message("skipped: no %s\n", path);
        return NULL;
    }
    rows = jsonl_open(path, &err);
    if (rows == NULL)
        fail_msg("%s", err.text);
    return rows;
}

static void test_readers_agree_with_labelled_cases(void **state)
{
    struct arena *arena = arena_new();
    int failed = 0;

    (void)state;
    for (size_t i = 0; i < sizeof COLUMNS / sizeof COLUMNS[0]; i++) {
        struct jsonl *rows = open_shared("data/extraction", COLUMNS[i].file, arena);
        if (rows == NULL)
            continue;
        failed += check_column(&COLUMNS[i], rows);
        jsonl_close(rows);
    }
    arena_free(arena);
    assert_int_equal(failed, 0);
}

/* 240 recorded outputs of one model on AIME 2025. */
static void test_readers_integer_scores_recorded_outputs(void **state)
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

static void test_readers_table_is_sorted_and_found(void **state)
{
    (void)state;
    for (size_t i = 0; readers[i] != NULL; i++) {
        assert_ptr_equal(readers_find(readers[i]->grader, readers[i]->name), readers[i]);
        assert_non_null(graders_find(readers[i]->grader));
        if (i > 0 && strcmp(readers[i - 1]->grader, readers[i]->grader) == 0)
            assert_true(strcmp(readers[i - 1]->name, readers[i]->name) < 0);
    }
    assert_ptr_equal(readers_find("choice", "simple-evals"), &reader_choice_simple_evals);
    assert_null(readers_find("choice", "lm_eval_box"));
    assert_null(readers_find("choice", "simple_evals_"));
    assert_null(graders_find("choices"));
}

static void test_readers_say_why_nothing_was_read(void **state)
{
    static const struct { const struct reader *reader; const char *text, *note; } CASES[] = {
        { &reader_choice_canonical, " \n", "nothing was said" },
        { &reader_choice_canonical, "<think>Answer: A", "thinking not closed" },
        { &reader_choice_canonical, "Answer: A and C", "two labels: A and C" },
        { &reader_choice_canonical, "Answer: F", "label F is outside A..D" },
        { &reader_choice_canonical, "No idea at all, sorry.", "no label found" },
        { &reader_integer_canonical, "\\boxed{1000}", "1000 is outside 0..999" },
        { &reader_integer_canonical, "\\boxed{5^3}", "the box holds no integer: 5^3" },
        { &reader_integer_canonical, "\\boxed{12", "the box is not closed" },
        { &reader_integer_canonical, "Twelve.", "no box and no \"answer:\"" },
        { &reader_integer_canonical, "Answer: 1/2", "no integer after \"answer\": 1/2" },
    };
    struct arena *arena = arena_new();

    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct answer answer = read_text(CASES[i].reader, CASES[i].text, 4, arena);
        assert_null(answer.text);
        assert_string_equal(answer.note, CASES[i].note);
    }
    arena_free(arena);
}

static void test_grading_class_names_the_choice_not_the_label(void **state)
{
    static const unsigned char ORDER[] = { 2, 0, 3, 1 };
    struct arena *arena = arena_new();
    struct reply said = { .text = "Answer: C" };
    struct sample sample = { .choice_count = 4 };
    struct grading grading = { .grader = &grader_choice, .reader = &reader_choice_canonical, .sample = &sample,
                               .order = ORDER, .target = "C", .said = &said };
    struct grade grade;
    struct err err = ERR_INIT;

    (void)state;
    assert_int_equal(grading_run(&grading, arena, &grade, &err), 0);
    assert_true(grade.score > 0.5);
    assert_string_equal(grade.answer, "C");
    assert_string_equal(grade.answer_class, "choice 3");
    grading.order = NULL;
    assert_int_equal(grading_run(&grading, arena, &grade, &err), 0);
    assert_string_equal(grade.answer_class, "choice 2");
    said.text = "Answer: c";
    grading.reader = &reader_choice_simple_evals;
    assert_int_equal(grading_run(&grading, arena, &grade, &err), 0);
    assert_true(grade.score < 0.5);
    assert_string_equal(grade.answer_class, "letter c");
    arena_free(arena);
}

static void test_grading_without_an_answer_scores_0_and_says_why(void **state)
{
    struct arena *arena = arena_new();
    struct reply said = { .text = "" };
    struct sample sample = { .choice_count = 4 };
    struct grading grading = { .grader = &grader_choice, .reader = &reader_choice_canonical, .sample = &sample,
                               .target = "C", .said = &said };
    struct grade grade;
    struct err err = ERR_INIT;

    (void)state;
    assert_int_equal(grading_run(&grading, arena, &grade, &err), 0);
    assert_true(grade.score < 0.5);
    assert_null(grade.answer);
    assert_null(grade.answer_class);
    assert_string_equal(grade.reason, "nothing was said");
    arena_free(arena);
}

static void test_grading_marks_what_was_drawn(void **state)
{
    struct arena *arena = arena_new();
    struct reply said = { .text = "no idea" };
    struct sample sample = { .id = "q1", .choice_count = 4 };
    struct grading grading = { .grader = &grader_choice, .reader = &reader_choice_mmmu_official_random, .sample = &sample,
                               .target = "C", .said = &said };
    struct grade grade, again;
    struct err err = ERR_INIT;

    (void)state;
    assert_int_equal(grading_run(&grading, arena, &grade, &err), 0);
    assert_int_equal(grading_run(&grading, arena, &again, &err), 0);
    assert_string_equal(grade.reason, "drawn at random");
    assert_string_equal(grade.answer, again.answer);
    said.text = "It is (B).";
    assert_int_equal(grading_run(&grading, arena, &grade, &err), 0);
    assert_string_equal(grade.answer, "B");
    assert_null(grade.reason);
    grading.reader = &reader_choice_mmmu_official;
    said.text = "no idea";
    assert_int_equal(grading_run(&grading, arena, &grade, &err), 0);
    assert_null(grade.answer);
    assert_true(grade.score > 0.249 && grade.score < 0.251);
    arena_free(arena);
}

static void test_grading_integer_takes_a_padded_key(void **state)
{
    struct arena *arena = arena_new();
    struct reply said = { .text = "\\boxed{073}" };
    struct sample sample = { .choice_count = 0 };
    struct grading grading = { .grader = &grader_integer, .reader = &reader_integer_canonical, .sample = &sample,
                               .target = "073", .said = &said };
    struct grade grade;
    struct err err = ERR_INIT;

    (void)state;
    assert_int_equal(grading_run(&grading, arena, &grade, &err), 0);
    assert_true(grade.score > 0.5);
    assert_string_equal(grade.answer_class, "73");
    grading.target = "000";
    said.text = "\\boxed{0}";
    assert_int_equal(grading_run(&grading, arena, &grade, &err), 0);
    assert_true(grade.score > 0.5);
    grading.target = "73";
    said.text = "\\boxed{073}";
    grading.reader = &reader_integer_lm_eval_box;
    assert_int_equal(grading_run(&grading, arena, &grade, &err), 0);
    assert_true(grade.score < 0.5);
    assert_string_equal(grade.answer_class, "073");
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_readers_agree_with_labelled_cases),
        cmocka_unit_test(test_readers_integer_scores_recorded_outputs),
        cmocka_unit_test(test_readers_table_is_sorted_and_found),
        cmocka_unit_test(test_readers_say_why_nothing_was_read),
        cmocka_unit_test(test_grading_class_names_the_choice_not_the_label),
        cmocka_unit_test(test_grading_without_an_answer_scores_0_and_says_why),
        cmocka_unit_test(test_grading_marks_what_was_drawn),
        cmocka_unit_test(test_grading_integer_takes_a_padded_key),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
