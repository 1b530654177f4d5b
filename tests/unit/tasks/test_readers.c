#include "tasks/readers/readers.h"

#include <string.h>

#include "harness/base/arena.h"
#include "tasks/graders/graders.h"
#include "tests/unit/tasks/read_text.h"

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

/* Each with its faults. The long text has characters of two bytes. */
static void test_maths_readers_look_where_theirs_do(void **state)
{
    static const struct { const struct reader *reader; const char *text, *read; } CASES[] = {
        { &reader_maths_simple_evals, "Answer: $1$ .\nANSWER : 2", "$1$ ." },
        { &reader_maths_simple_evals, "answer:\n\n\\boxed{3}", "\\boxed{3}" },
        { &reader_maths_simple_evals, "\\boxed{3}", NULL },
        { &reader_maths_lm_eval_dollars, "As $x=1$, it is $\\boxed{2}$.", "x=1$, it is $\\boxed{2}" },
        { &reader_maths_lm_eval_dollars, "It costs $5.", "It costs $5." },
        { &reader_maths_lm_eval_dollars, "It is $$.", NULL },
        { &reader_maths_lm_eval_dollars, "", NULL },
        { &reader_maths_lm_eval_minerva, "Final Answer: The final answer is $[2,5)$. I hope it is correct.\nAnd more.", "$[2,5)$" },
        { &reader_maths_lm_eval_minerva, "Final Answer: The final answer is 5. ", "5" },
        { &reader_maths_lm_eval_minerva, "Final Answer: The final answer is 5.", NULL },
        { &reader_maths_lm_eval_minerva, "Final Answer: The final answer is\n5. ", NULL },
        { &reader_maths_lm_eval_minerva, "The final answer is 5. ", NULL },
        { &reader_maths_verl_dapo, "Answer: 1\nAnswer: 2 \nThus.", "2" },
        { &reader_maths_verl_dapo, "2", NULL },
    };
    struct arena *arena = arena_new();
    char far[1024];

    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct answer answer = read_text(CASES[i].reader, CASES[i].text, 0, arena);

        if ((CASES[i].read == NULL) != (answer.text == NULL) || (answer.text != NULL && strcmp(answer.text, CASES[i].read) != 0))
            fail_msg("%s reads %s in %s", CASES[i].reader->name, answer.text != NULL ? answer.text : "nothing", CASES[i].text);
        assert_true((answer.text == NULL) == (answer.note != NULL));
    }
    strcpy(far, "Answer: 7");
    for (size_t i = 0; i < 292; i++)
        strcat(far, "\u00e9");
    assert_string_equal(read_text(&reader_maths_verl_dapo, far, 0, arena).note, "no \"Answer:\" in the last 300 characters");
    far[strlen(far) - 2] = '\0';
    assert_memory_equal(read_text(&reader_maths_verl_dapo, far, 0, arena).text, "7\u00e9", 3);
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
        cmocka_unit_test(test_readers_table_is_sorted_and_found),
        cmocka_unit_test(test_readers_say_why_nothing_was_read),
        cmocka_unit_test(test_maths_readers_look_where_theirs_do),
        cmocka_unit_test(test_grading_class_names_the_choice_not_the_label),
        cmocka_unit_test(test_grading_without_an_answer_scores_0_and_says_why),
        cmocka_unit_test(test_grading_marks_what_was_drawn),
        cmocka_unit_test(test_grading_integer_takes_a_padded_key),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
