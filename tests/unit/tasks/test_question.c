#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "harness/base/embedded.h"
#include "harness/base/file.h"
#include "harness/engine/episode.h"
#include "tasks/question.h"
#include "tasks/tasks.h"

static const struct embedded *const NO_BUILTINS[] = { NULL };

#define TASK(fields, more) \
    "{ \"name\": \"t\", \"summary\": \"s\", \"paths\": \"t.jsonl\",\n  \"fields\": " fields ",\n  \"grader\": \"choice\",\n" more \
    "  \"profiles\": [ { \"name\": \"p\", \"reader\": \"canonical\", \"prompt\": \"Q {question}|{choices}|{letters}|" \
    "{letters,}|{letters/}|{{other}}|{O}{}\" } ] }"

#define COLUMNS "{ \"id\": \"ID\", \"input\": [\"Problem\", \"question\"], \"correct\": \"right\", \"incorrect\": [\"w1\", \"w2\"] }"
#define LIST "{ \"id\": \"id\", \"input\": \"q\", \"choices\": \"options\", \"answer\": \"answer\", \"category\": \"kind\" }"

static const struct task *parse(struct arena *arena, const char *text, struct err *err)
{
    return question_parse(arena, "t.json", text, strlen(text), NO_BUILTINS, err);
}

static int load(const struct task *task, const char *suffix, const char *rows, struct dataset *out, struct err *err)
{
    char path[64];
    snprintf(path, sizeof path, "/tmp/vernier-question-%d%s", (int)getpid(), suffix);
    unlink(path);
    assert_int_equal(file_write(path, rows, strlen(rows), true, err), 0);
    struct data_source source = { .path = path };
    int status = task->load(task, &source, out, err);
    unlink(path);
    return status;
}

static void expect_refusal(const char *task_text, const char *rows, const char *where, const char *why)
{
    struct arena *arena = arena_new();
    struct err err = ERR_INIT;
    const struct task *task = parse(arena, task_text, &err);
    struct dataset dataset;

    if (task != NULL && rows != NULL)
        assert_int_equal(load(task, ".jsonl", rows, &dataset, &err), -1);
    else
        assert_null(task);
    if (strstr(err.text, where) == NULL || strstr(err.text, why) == NULL)
        fail_msg("expected \"%s\" and \"%s\" in: %s", where, why, err.text);
    assert_int_equal(err.code, EXIT_BAD_DATA);
    arena_free(arena);
}

static void test_question_parse_refuses_faults_by_line(void **state)
{
    (void)state;
    expect_refusal("[]", NULL, "t.json line 1", "a task: an object");
    expect_refusal(TASK(COLUMNS, "\"epochz\": 2,\n"), NULL, "t.json line 4", "did you mean \"epochs\"");
    expect_refusal(TASK(COLUMNS, "\"epochs\": 0,\n"), NULL, "t.json line 4", "from 1 to");
    expect_refusal(TASK(COLUMNS, "\"chance\": 2,\n"), NULL, "t.json line 4", "from 0 to 1");
    expect_refusal(TASK("{ \"id\": \"i\" }", ""), NULL, "t.json line 2", "\"input\"");
    expect_refusal(TASK("{ \"id\": \"i\", \"input\": \"q\" }", ""), NULL, "t.json line 2", "either \"answer\"");
    expect_refusal(TASK("{ \"id\": 3, \"input\": \"q\", \"answer\": \"a\" }", ""), NULL, "t.json line 2", "a name");
    expect_refusal("{ \"name\": \"t\", \"summary\": \"s\", \"paths\": \"x\", \"fields\": " COLUMNS ",\n"
                   "\"grader\": \"choise\", \"profiles\": [] }", NULL, "t.json line 2", "did you mean \"choice\"");
    expect_refusal("{ \"name\": \"t\", \"summary\": \"s\", \"paths\": \"x\", \"fields\": " COLUMNS ",\n"
                   "\"grader\": \"choice\", \"profiles\": [\n{ \"name\": \"p\", \"reader\": \"inspekt\", \"prompt\": "
                   "\"{question}\" } ] }", NULL, "t.json line 3", "did you mean \"inspect\"");
    expect_refusal("{ \"name\": \"t\", \"summary\": \"s\", \"paths\": \"x\", \"fields\": " COLUMNS ",\n"
                   "\"grader\": \"choice\", \"profiles\": [\n{ \"name\": \"p\", \"reader\": \"inspect\", \"prompt\": "
                   "\"ask\" } ] }", NULL, "t.json line 3", "{question}");
}

#define PROFILE(texts) "{ \"name\": \"t\", \"summary\": \"s\", \"paths\": \"x\", \"fields\": " COLUMNS ",\n" \
    "\"grader\": \"choice\", \"profiles\": [\n{ \"name\": \"p\", \"reader\": \"inspect\",\n" texts " } ] }"

static void test_question_parse_refuses_slots_that_are_none(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct err err = ERR_INIT;

    expect_refusal(PROFILE("\"prompt\": \"{question} {choises}\""), NULL, "t.json line 4: \"prompt\" of the profile \"p\"",
                   "no slot {choises}; did you mean {choices}?; known: {question} {choices} {letters}");
    expect_refusal(PROFILE("\"prompt\": \"{question}{choices}\",\n\"choice\": \"{leter} {text}\""), NULL, "t.json line 5: \"choice\"",
                   "did you mean {letter}?; known: {letter} {label} {text}; a word in braces that is to stand there is written {{leter}}");
    expect_refusal(PROFILE("\"prompt\": \"{question}{choices}\",\n\"system\": \"{answer}\""), NULL, "t.json line 5: \"system\"",
                   "no slot {answer}");
    expect_refusal(PROFILE("\"prompt\": \"{question}\""), NULL, "t.json line 4: \"prompt\" of the profile \"p\"",
                   "expected the slot {choices} in it");
    expect_refusal(PROFILE("\"prompt\": \"{question}\", \"choices\": \"nowhere\""), NULL, "t.json line 4", "\"elsewhere\"");
    assert_non_null(parse(arena, PROFILE("\"prompt\": \"{question}\", \"choices\": \"elsewhere\""), &err));
    assert_non_null(parse(arena, PROFILE("\"prompt\": \"{question} \\\\boxed{} {X} {\\\"a\\\": 1} {{x}}\", \"system\": \"{choices}\""), &err));
    arena_free(arena);
}

static void test_question_load_refuses_rows_by_line(void **state)
{
    (void)state;
    const char *good = "{\"ID\":\"a\",\"problem\":\"q\",\"right\":\"r\",\"w1\":\"x\",\"w2\":\"y\"}\n";
    char rows[1024];
    const struct { const char *row, *why; } bad[] = {
        { "{\"ID\":\"a\",\"problem\":\"q\",\"right\":\"r\",\"w1\":\"x\",\"w2\":\"y\"}", "stands on line 1 already" },
        { "{\"problem\":\"q\",\"right\":\"r\",\"w1\":\"x\",\"w2\":\"y\"}", "no \"ID\"" },
        { "{\"ID\":\"b\",\"right\":\"r\",\"w1\":\"x\",\"w2\":\"y\"}", "no \"Problem\"" },
        { "{\"ID\":\"b\",\"problem\":\"q\",\"w1\":\"x\",\"w2\":\"y\"}", "no \"right\"" },
        { "{\"ID\":\"b\",\"problem\":\"q\",\"right\":\"r\",\"w1\":\"x\",\"w2\":[1]}", "\"w2\": expected a string, found an array" },
        { "{\"ID\":1.5,\"problem\":\"q\",\"right\":\"r\",\"w1\":\"x\",\"w2\":\"y\"}",
          "\"ID\": expected a string or a whole number, found 1.5" },
        { "[1]", "expected an object" },
        { "{\"ID\":\"b\"", "line 2" },
    };

    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        snprintf(rows, sizeof rows, "%s%s\n", good, bad[i].row);
        expect_refusal(TASK(COLUMNS, ""), rows, "jsonl line 2", bad[i].why);
    }
    expect_refusal(TASK(COLUMNS, ""), "\n", "jsonl", "no rows");
    expect_refusal(TASK(LIST, ""), "{\"id\":1,\"q\":\"q\",\"options\":[\"a\",\"b\"],\"answer\":2}", "line 1", "index");
    expect_refusal(TASK(LIST, ""), "{\"id\":1,\"q\":\"q\",\"options\":[\"a\"],\"answer\":0}", "line 1", "2 to 26");
    expect_refusal(TASK(LIST, ""), "{\"id\":1,\"q\":\"q\",\"options\":[\"a\",{}],\"answer\":0}", "line 1", "strings");
}

static void test_question_load_reads_lists_with_index_or_letter(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct err err = ERR_INIT;
    const struct task *task = parse(arena, TASK(LIST, ""), &err);
    struct dataset dataset;

    assert_non_null(task);
    assert_int_equal(load(task, ".jsonl", "{\"id\":1,\"q\":\"q\",\"options\":[\"a\",\"b\"],\"answer\":1,\"kind\":\"k\"}\r\n\n"
                          "{\"ID\":\"2\",\"Q\":\"r\",\"Options\":[\"d\",\"e\",\"f\"],\"Answer\":\"c\"}\n"
                          "{\"id\":123456789012345678901234567890,\"q\":\"r\",\"options\":[\"c\",\"d\"],\"answer\":0}\n"
                          "{\"id\":9007199254740993,\"q\":\"r\",\"options\":[\"c\",\"d\"],\"answer\":0}", &dataset, &err), 0);
    assert_int_equal(dataset.count, 4);
    assert_string_equal(dataset.samples[2].id, "123456789012345678901234567890");
    assert_string_equal(dataset.samples[3].id, "9007199254740993");
    assert_string_equal(dataset.samples[0].id, "1");
    assert_int_equal(dataset.samples[0].correct, 1);
    assert_string_equal(dataset.samples[0].category, "k");
    assert_int_equal(dataset.samples[1].correct, 2);
    assert_null(dataset.samples[1].category);
    assert_string_not_equal(dataset.samples[0].hash, dataset.samples[1].hash);
    dataset_free(&dataset);
    arena_free(arena);
}

static void test_question_load_reads_csv_with_quoted_newlines(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct err err = ERR_INIT;
    const struct task *task = parse(arena, TASK(COLUMNS, ""), &err);
    struct dataset dataset;

    assert_int_equal(load(task, ".csv", "\xef\xbb\xbfID,Problem,right,w1,w2,other\r\n"
                          "a,\"line one\nsays \"\"hi\"\", twice\",\"4 s\n\",NA,nan,\r\n"
                          "b,q,r,x,y,z\n", &dataset, &err), 0);
    assert_int_equal(dataset.count, 2);
    assert_string_equal(dataset.samples[0].input, "line one\nsays \"hi\", twice");
    assert_string_equal(dataset.samples[0].choices[0], "NA");
    assert_string_equal(dataset.samples[0].choices[1], "nan");
    assert_string_equal(dataset.samples[0].choices[2], "4 s");
    assert_int_equal(dataset.samples[0].correct, 2);
    dataset_free(&dataset);
    assert_int_equal(load(task, ".csv", "ID,Problem,right,w1,w2\na,q,r,x,y\nb,\"q,r,x,y\n", &dataset, &err), -1);
    assert_non_null(strstr(err.text, "csv line 3: expected a closing quote"));
    assert_int_equal(load(task, ".csv", "ID,Problem,right,w1,w2\na,q,r,x\n", &dataset, &err), -1);
    assert_non_null(strstr(err.text, "csv line 2: expected 5 fields, found 4"));
    assert_int_equal(load(task, ".csv", "ID,Problem,right,w1,ID\na,q,r,x,y\n", &dataset, &err), -1);
    assert_non_null(strstr(err.text, "csv line 1: expected each column's name once"));
    arena_free(arena);
}

static struct episode *begin(const struct task *task, const struct sample *sample, int epoch, uint64_t seed)
{
    struct episode *ep = episode_new(task, &task->profiles[0], sample, epoch, seed);
    task->prompt(ep);
    return ep;
}

static void test_question_prompt_fills_slots(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct err err = ERR_INIT;
    const struct task *task = parse(arena, TASK(LIST, ""), &err);
    const char *const choices[] = { "yes {question}", "no" };
    struct sample sample = { .id = "1", .input = "why? {choices}", .choices = choices, .choice_count = 2, .correct = 1 };
    struct episode *ep = begin(task, &sample, 1, 0);

    assert_string_equal(ep->chat->first->first->text,
                        "Q why? {choices}|A) yes {question}\nB) no|AB|A,B|A/B|{other}|{O}{}");
    assert_string_equal(ep->target, "B");
    assert_null(ep->order);
    episode_free(ep);
    arena_free(arena);
}

/* The order is fixed by id, epoch and seed alone: Python's
 * random.Random(int.from_bytes(hashlib.sha256(b"q7#1").digest()[:8], "big")).shuffle([0, 1, 2]) gives these. */
static void test_question_prompt_orders_choices_as_python_does(void **state)
{
    (void)state;
    static const struct { int epoch; uint64_t seed; unsigned char order[3]; } EXPECTED[] = {
        { 1, 0, { 1, 0, 2 } },
        { 2, 0, { 0, 1, 2 } },
        { 3, 0, { 1, 2, 0 } },
        { 4, 0, { 2, 0, 1 } },
        { 1, 7, { 1, 0, 2 } },
        { 2, 7, { 2, 1, 0 } },
        { 10, 0, { 1, 0, 2 } },
    };
    struct arena *arena = arena_new();
    struct err err = ERR_INIT;
    const struct task *task = parse(arena, TASK(COLUMNS, "\"shuffle\": true,\n"), &err);
    const char *const choices[] = { "w1", "w2", "right" };
    struct sample sample = { .id = "q7", .input = "q", .choices = choices, .choice_count = 3, .correct = 2 };

    for (size_t i = 0; i < sizeof EXPECTED / sizeof EXPECTED[0]; i++) {
        struct episode *ep = begin(task, &sample, EXPECTED[i].epoch, EXPECTED[i].seed);
        assert_memory_equal(ep->order, EXPECTED[i].order, 3);
        assert_int_equal(ep->order[ep->target[0] - 'A'], 2);
        episode_free(ep);
    }
    arena_free(arena);
}

static void test_tasks_find_parses_every_task(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct err err = ERR_INIT;

    for (const char *const *name = tasks_names(); *name != NULL; name++) {
        const struct task *task = tasks_find(arena, *name, &err);
        if (task == NULL)
            fail_msg("%s", err.text);
        assert_string_equal(task->name, *name);
        assert_non_null(task->licence);
        assert_ptr_equal(task_find_profile(task, NULL), &task->profiles[0]);
    }
    assert_null(tasks_find(arena, "aime2052", &err));
    assert_int_equal(err.code, EXIT_USAGE);
    assert_non_null(strstr(err.text, "aime2025"));
    assert_non_null(task_find_profile(tasks_find(arena, "gpqa_diamond", &err), "simple-evals"));
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_question_parse_refuses_faults_by_line),
        cmocka_unit_test(test_question_parse_refuses_slots_that_are_none),
        cmocka_unit_test(test_question_load_refuses_rows_by_line),
        cmocka_unit_test(test_question_load_reads_lists_with_index_or_letter),
        cmocka_unit_test(test_question_load_reads_csv_with_quoted_newlines),
        cmocka_unit_test(test_question_prompt_fills_slots),
        cmocka_unit_test(test_question_prompt_orders_choices_as_python_does),
        cmocka_unit_test(test_tasks_find_parses_every_task),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
