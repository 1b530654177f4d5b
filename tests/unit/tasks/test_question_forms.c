/*
 * Task files with all they may hold: parts, groups, worked examples, texts, pictures, open questions, another task to be
 * like; and the faults of their rows.
 */
#include "tasks/question.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "harness/base/embedded.h"
#include "harness/base/file.h"
#include "harness/engine/episode.h"

#define PNG "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
#define GIF "R0lGODlhAQABAAAAACw="

/* A folder with files, and what is made of them. */
struct stage {
    char folder[64];
    struct arena *arena;
    const char *files[8];
    size_t file_count;
    struct dataset dataset;
    struct err err;
};

static int stage_open(void **state)
{
    struct stage *stage = test_calloc(1, sizeof *stage);

    strcpy(stage->folder, "/tmp/vernier-forms-XXXXXX");
    assert_non_null(mkdtemp(stage->folder));
    stage->arena = arena_new();
    *state = stage;
    return 0;
}

static int stage_close(void **state)
{
    struct stage *stage = *state;

    for (size_t i = 0; i < stage->file_count; i++)
        unlink(stage->files[i]);
    dataset_free(&stage->dataset);
    arena_free(stage->arena);
    rmdir(stage->folder);
    test_free(stage);
    return 0;
}

static void put(struct stage *stage, const char *name, const char *text)
{
    const char *path = file_join(stage->arena, stage->folder, name);

    for (size_t i = 0; i < stage->file_count; i++)
        if (strcmp(stage->files[i], path) == 0) {
            unlink(path);
            stage->files[i] = stage->files[--stage->file_count];
        }
    assert_int_equal(file_write(path, text, strlen(text), true, &stage->err), 0);
    stage->files[stage->file_count++] = path;
}

static const struct task *parse(struct stage *stage, const char *text)
{
    static const char LIKE[] = "{ \"name\": \"other\", \"summary\": \"o\", \"paths\": \"o.jsonl\", \"epochs\": 3, \"chance\": 0.5,"
                               "\"fields\": { \"id\": \"id\", \"input\": \"q\", \"answer\": \"a\" }, \"grader\": \"integer\","
                               "\"profiles\": [ { \"name\": \"p\", \"reader\": \"canonical\", \"prompt\": \"{question}!\" } ] }";
    static const struct embedded OTHER = { .name = "other.json", .data = LIKE, .length = sizeof LIKE - 1 };
    static const struct embedded *const BUILTINS[] = { &OTHER, NULL };
    const struct task *task;

    stage->err = (struct err)ERR_INIT;
    task = question_parse(stage->arena, "t.json", text, strlen(text), BUILTINS, &stage->err);
    if (task == NULL && stage->err.text[0] == '\0')
        fail_msg("no reason given");
    return task;
}

static int load(struct stage *stage, const struct task *task, size_t profile)
{
    struct data_source source = { .folder = stage->folder, .profile = &task->profiles[profile] };

    dataset_free(&stage->dataset);
    stage->err = (struct err)ERR_INIT;
    return task->load(task, &source, &stage->dataset, &stage->err);
}

static const struct task *make(struct stage *stage, const char *text)
{
    const struct task *task = parse(stage, text);

    if (task == NULL || load(stage, task, 0) < 0)
        fail_msg("%s", stage->err.text);
    return task;
}

static struct episode *begin(struct stage *stage, const struct task *task, size_t profile, size_t sample)
{
    struct episode *ep = episode_new(task, &task->profiles[profile], &stage->dataset.samples[sample], 1, 0);

    task->prompt(ep);
    return ep;
}

static void expect_prompt(struct stage *stage, const struct task *task, size_t profile, size_t sample, const char *text)
{
    struct episode *ep = begin(stage, task, profile, sample);

    assert_string_equal(ep->chat->first->first->text, text);
    episode_free(ep);
}

static void expect(struct stage *stage, const char *why)
{
    if (strstr(stage->err.text, why) == NULL)
        fail_msg("expected \"%s\" in: %s", why, stage->err.text);
    assert_int_equal(stage->err.code, EXIT_BAD_DATA);
}

static void expect_bad_rows(struct stage *stage, const struct task *task, const char *rows, const char *why)
{
    put(stage, "t.jsonl", rows);
    assert_int_equal(load(stage, task, 0), -1);
    expect(stage, why);
}

#define HEAD "{ \"name\": \"t\", \"summary\": \"s\", \"grader\": \"choice\", "
#define CANONICAL "\"name\": \"p\", \"reader\": \"canonical\""

/* --- parts --- */

#define PARTS HEAD \
    "\"parts\": [ { \"name\": \"DE\", \"paths\": \"set/x_de.csv\", \"texts\": { \"ask\": \"Wähle {letters}:\" } }," \
    "             { \"name\": \"FR\", \"paths\": \"set/x_fr.csv\" } ]," \
    "\"paths\": \"all.jsonl\", \"texts\": { \"ask\": \"Choose {letters} {{ask}} {question}:\", \"end\": \"{part}/{category}\" }," \
    "\"fields\": { \"id\": [\"n\", \"\"], \"input\": \"Q\", \"choice_columns\": [\"A\", \"B\"], \"answer\": \"K\"," \
    "             \"category\": \"kind\", \"cluster\": [\"n\", \"\"], \"part\": \"config\" }," \
    "\"groups\": { \"low\": [\"bass\", \"viol\"], \"high\": \"flute\" }," \
    "\"profiles\": [ { " CANONICAL ", \"prompt\": \"{ask} {question} {end} {{none}}\", \"choices\": \"elsewhere\" } ] }"

static void test_parts_have_files_texts_and_clusters(void **state)
{
    struct stage *stage = *state;
    const struct task *task;

    put(stage, "x_de.csv", ",Q,A,B,K,kind\n0,eins?, 1 ,2,A,bass\n1,zwei?,1,2,b,Flute\n");
    put(stage, "x_fr.csv", ",Q,A,B,K,kind\n0,un?,1,2,A,viol\n");
    task = make(stage, PARTS);
    const struct sample *samples = stage->dataset.samples;
    assert_int_equal(stage->dataset.count, 3);
    assert_string_equal(samples[0].id, "DE-0");
    assert_string_equal(samples[2].id, "FR-0");
    assert_string_equal(samples[0].category, "DE/low/bass");
    assert_string_equal(samples[1].category, "DE/high/Flute");
    assert_string_equal(samples[0].cluster, samples[2].cluster);
    assert_string_equal(samples[0].choices[0], "1");
    assert_int_equal(samples[1].correct, 1);
    expect_prompt(stage, task, 0, 0, "Wähle AB: eins? DE/bass {none}");
    expect_prompt(stage, task, 0, 2, "Choose AB {ask} un?: un? FR/viol {none}");
}

/* Each pair at every place, on what the pair before has left; a star reaches no further than its line. */
static void test_edits_change_what_choices_show(void **state)
{
    struct stage *stage = *state;
    const struct task *task;

    put(stage, "t.jsonl", "{\"id\": 1, \"q\": \"[q]\", \"o\": [\"a [title]b    c\", \"[x] d[] [y\\n] [k] = []\"], \"a\": \"A\"}\n");
    task = make(stage, HEAD "\"paths\": \"t.jsonl\", \"fields\": { \"id\": \"id\", \"input\": \"q\", \"choices\": \"o\", \"answer\": \"a\" },"
                "\"profiles\": [ { " CANONICAL ", \"prompt\": \"{question} {choices}\","
                "\"edits\": [[\" [title]\", \". \"], [\"[*]\", \"\"], [\"  \", \" \"]] },"
                "{ \"name\": \"raw\", \"reader\": \"canonical\", \"prompt\": \"{question} {choices}\" } ] }");
    expect_prompt(stage, task, 0, 0, "[q] A) a. b  c\nB)  d [y\n] = ");
    expect_prompt(stage, task, 1, 0, "[q] A) a [title]b    c\nB) [x] d[] [y\n] [k] = []");
}

static void test_labels_are_the_parts_own(void **state)
{
    struct stage *stage = *state;
    const struct task *task;

    put(stage, "t.jsonl", "{\"id\": 1, \"p\": \"BN\", \"q\": \"q\", \"o\": [\"x\", \"y\", \"z\"], \"a\": \"B\", \"c\": \"high_school\"}\n"
                          "{\"id\": 1, \"p\": \"DE\", \"q\": \"q\", \"o\": [\"x\", \"y\", \"z\"], \"a\": \"B\", \"c\": \"law\"}\n");
    task = make(stage, HEAD "\"paths\": \"t.jsonl\", \"parts\": [ { \"name\": \"BN\", \"labels\": [\"বি\", \"এ\"] }, \"DE\" ],"
                "\"fields\": { \"id\": \"id\", \"input\": \"q\", \"choices\": \"o\", \"answer\": \"a\", \"part\": \"p\", \"category\": \"c\" },"
                "\"profiles\": [ { " CANONICAL ", \"choice\": \"{label}. {text} ({letter})\", \"prompt\": \"{category_words} {question} {choices}\" } ] }");
    expect_prompt(stage, task, 0, 0, "high school q বি. x (A)\nএ. y (B)\nC. z (C)");
    expect_prompt(stage, task, 0, 1, "law q A. x (A)\nB. y (B)\nC. z (C)");
}

static void test_groups_other_takes_what_stands_in_none(void **state)
{
    struct stage *stage = *state;

    put(stage, "t.jsonl", "{\"id\": 1, \"q\": \"q\", \"o\": [\"x\", \"y\"], \"a\": 0, \"c\": \"drum\", \"s\": 3}\n");
    make(stage, HEAD "\"paths\": \"t.jsonl\", \"fields\": { \"id\": \"id\", \"input\": \"q\", \"choices\": \"o\","
         "\"answer\": \"a\", \"category\": \"c\", \"subcategory\": \"s\" }, \"groups\": { \"low\": \"bass\", \"other\": [] },"
         "\"profiles\": [ { " CANONICAL ", \"prompt\": \"{question} {choices}\" } ] }");
    assert_string_equal(stage->dataset.samples[0].category, "other/drum/3");
}

static void test_parts_are_told_by_rows_or_by_one_file(void **state)
{
    struct stage *stage = *state;
    const struct task *task = parse(stage, PARTS);
    struct data_source source = { 0 };

    put(stage, "x_de.csv", ",Q,A,B,K,kind\n0,eins?,1,2,A,bass\n");
    assert_int_equal(load(stage, task, 0), -1);
    expect(stage, "holds x_de.csv, but nothing of the part FR (set/x_fr.csv)");
    source.path = stage->files[0];
    assert_int_equal(task->load(task, &source, &stage->dataset, &stage->err), 0);
    assert_string_equal(stage->dataset.samples[0].id, "DE-0");
    put(stage, "all.jsonl", "{\"config\": \"FR\", \"row\": {\"n\": 7, \"Q\": \"q\", \"A\": \"1\", \"B\": \"2\", \"K\": \"B\", "
                            "\"kind\": \"viol\"}}\n");
    assert_int_equal(load(stage, task, 0), 0);
    assert_string_equal(stage->dataset.samples[0].id, "FR-7");
    put(stage, "all.jsonl", "{\"config\": \"IT\", \"n\": 7}\n");
    assert_int_equal(load(stage, task, 0), -1);
    expect(stage, "all.jsonl line 1: \"config\": \"IT\" is no part of t");
    put(stage, "all.jsonl", "{\"config\": \"FR\", \"n\": 7, \"kind\": \"drum\"}\n");
    assert_int_equal(load(stage, task, 0), -1);
    expect(stage, "line 1: the category \"drum\" stands in no group of t");
}

/* --- worked examples --- */

#define SHOTS HEAD \
    "\"paths\": \"t.jsonl\", \"fields\": { \"id\": \"id\", \"input\": \"q\", \"choices\": \"o\", \"answer\": \"a\", " \
    "\"category\": \"c\" }, \"shots\": { \"paths\": \"v.jsonl\", \"fields\": { \"solution\": \"cot\" }, \"strip\": \"A: \" }," \
    "\"profiles\": [ { " CANONICAL ", \"prompt\": \"{question}\", \"choices\": \"elsewhere\" }, { \"name\": \"five\", \"reader\": \"canonical\"," \
    "\"stop\": \"Q:\", \"choice\": \"{letter}.{text}\", \"shots\": 2, \"shot\": \"Q: {question} {choices} -> {solution} " \
    "({answer})\\n\", \"prompt\": \"On {category}.\\n{shots}Q: {question} {{solution}}\", \"choices\": \"elsewhere\" } ] }"

static void test_shots_are_the_first_of_the_category(void **state)
{
    struct stage *stage = *state;
    const struct task *task;

    put(stage, "t.jsonl", "{\"id\": 1, \"q\": \"why {answer}?\", \"o\": [\"x\", \"y\"], \"a\": 1, \"c\": \"art\"}\n");
    task = make(stage, SHOTS);          /* the first profile shows none, and needs no file of them */
    expect_prompt(stage, task, 0, 0, "why {answer}?");
    assert_int_equal(load(stage, task, 1), -1);
    expect(stage, "no worked examples: expected v.jsonl beside");
    put(stage, "v.jsonl", "{\"q\": \"m1\", \"o\": [\"u\", \"v\"], \"a\": \"A\", \"c\": \"math\", \"cot\": \"A: so\"}\n"
                          "{\"q\": \"a1\", \"o\": [\"u\", \"v\"], \"a\": \"B\", \"c\": \"art\", \"cot\": \"A: hm\"}\n");
    assert_int_equal(load(stage, task, 1), -1);
    expect(stage, "v.jsonl: expected 2 worked examples of the category \"art\", found 1");
    put(stage, "v.jsonl", "{\"q\": \"m1\", \"o\": [\"u\", \"v\"], \"a\": \"A\", \"c\": \"math\", \"cot\": \"A: so\"}\n"
                          "{\"q\": \"a1\", \"o\": [\"u\", \"v\"], \"a\": \"B\", \"c\": \"art\", \"cot\": \"A: hm\"}\n"
                          "{\"q\": \"a2\", \"o\": [\"u\", \"v\"], \"a\": 0, \"c\": \"art\", \"cot\": \"as is\"}\n"
                          "{\"q\": \"a3\", \"o\": [\"u\", \"v\"], \"a\": 0, \"c\": \"art\", \"cot\": \"as is\"}\n");
    assert_int_equal(load(stage, task, 1), 0);
    assert_int_equal(stage->dataset.count, 1);
    expect_prompt(stage, task, 1, 0, "On art.\nQ: a1 A.u\nB.v -> hm (B)\nQ: a2 A.u\nB.v -> as is (A)\nQ: why {answer}? "
                                     "{solution}");
    assert_string_equal(task->profiles[1].stop, "Q:");
}

/* --- pictures and open questions --- */

#define PICTURES "{ \"name\": \"t\", \"summary\": \"s\", \"grader\": \"choice_or_open\", \"paths\": \"t.jsonl\"," \
    "\"category_of_id\": true, \"fields\": { \"id\": \"id\", \"input\": \"q\", \"choices\": \"o\", \"answer\": \"a\"," \
    "\"images\": [\"image_1\", \"image_2\"] }, \"profiles\": [" \
    "{ " CANONICAL ", \"prompt\": \"See {question}\\n{choices}.\", \"open\": \"Say {question}\" }," \
    "{ \"name\": \"first\", \"reader\": \"canonical\", \"images\": \"first\", \"prompt\": \"See {question}\\n{choices}.\"," \
    "\"open\": \"Say {question}\" } ] }"
#define BYTES(data) "{\"bytes\": \"" data "\"}"

static void expect_parts(struct stage *stage, const struct task *task, size_t profile, size_t sample,
                         const char *const *parts)
{
    struct episode *ep = begin(stage, task, profile, sample);
    const struct part *part = ep->chat->first->first;

    for (; *parts != NULL; parts++, part = part->next) {
        assert_non_null(part);
        assert_string_equal(part->text, *parts);
        assert_int_equal(part->kind, **parts == 'i' || **parts == 'R' ? PART_IMAGE : PART_TEXT);
    }
    assert_null(part);
    assert_null(ep->chat->first->next);
    episode_free(ep);
}

static void test_images_stand_where_the_text_names_them(void **state)
{
    struct stage *stage = *state;
    const struct task *task;

    put(stage, "t.jsonl",
        "{\"id\": \"v_Art_Theory_1\", \"q\": \"<image 2> or <image 1>, <image 2>?\", \"o\": \"['<image 1>', \\\"it's\\\"]\","
        " \"a\": \"B\", \"image_1\": " BYTES(PNG) ", \"image_2\": " BYTES(GIF) "}\n"
        "{\"id\": \"v_Art_2\", \"q\": \"a < b <image 2> <image 8>\", \"o\": \"[]\", \"a\": \"['5', 'five']\", \"image_1\": " BYTES(PNG)
        ", \"image_2\": null}\n");
    task = make(stage, PICTURES);
    assert_string_equal(stage->dataset.samples[0].category, "Art_Theory");
    assert_string_equal(stage->dataset.samples[0].choices[1], "it's");
    expect_parts(stage, task, 0, 0, (const char *const[]){ "See ", GIF, " or ", PNG, ", <image 2>?\nA) <image 1>\nB) it's.",
                                                           NULL });
    expect_parts(stage, task, 1, 0, (const char *const[]){ PNG, GIF, "See <image 2> or <image 1>, <image 2>?\nA) <image 1>\n"
                                                                     "B) it's.", NULL });
    expect_parts(stage, task, 0, 1, (const char *const[]){ "Say a < b <image 2> <image 8>", PNG, NULL });
    assert_string_equal(stage->dataset.samples[1].target, "['5', 'five']");
    assert_ptr_equal(stage->dataset.samples[0].images[0], stage->dataset.samples[1].images[0]);
}

static void test_images_and_lists_are_refused_by_line_and_field(void **state)
{
    struct stage *stage = *state;
    const struct task *task = parse(stage, PICTURES);

    expect_bad_rows(stage, task, "{\"id\": \"a\", \"q\": \"q\", \"o\": \"['a'\", \"a\": \"A\"}",
                    "t.jsonl line 1: \"o\": character 5: expected \",\" or \"]\"");
    expect_bad_rows(stage, task, "{\"id\": \"a\", \"q\": \"q\", \"o\": \"['a']\", \"a\": \"A\"}",
                    "line 1: \"o\": expected 2 to 26 choices, found 1");
    expect_bad_rows(stage, task, "{\"id\": \"a\", \"q\": \"q\", \"o\": \"['a', 'b']\", \"a\": \"C\"}",
                    "\"a\": expected the letter of one of 2 choices, or its index from 0, found \"C\"");
    expect_bad_rows(stage, task, "{\"id\": \"a\", \"q\": \"q\", \"o\": \"['a', 'b']\", \"a\": 2}", "found \"2\"");
    expect_bad_rows(stage, task, "{\"id\": \"a\", \"q\": \"q\", \"o\": \"['a', 'b']\", \"a\": \"A\"}", "no \"image_1\"");
    expect_bad_rows(stage, task, "{\"id\": \"a\", \"q\": \"q\", \"o\": \"['a', 'b']\", \"a\": \"A\", \"image_1\": \"x.png\"}",
                    "\"image_1\": ");
    expect_bad_rows(stage, task, "{\"id\": \"a\", \"q\": \"q\", \"o\": {}, \"a\": \"A\"}", "\"o\": expected a list of choices, found an object");
}

static void test_answers_may_be_texts_and_slots_columns(void **state)
{
    struct stage *stage = *state;
    const struct task *task;

    put(stage, "t.jsonl", "{\"id\": 1, \"q\": \"q\", \"o\": [\" x \", \"y\"], \"a\": \"x \", \"m\": {\"hint\": \"{choices}\"}}\n");
    task = make(stage, HEAD "\"paths\": \"t.jsonl\", \"fields\": { \"id\": \"id\", \"input\": \"q\", \"choices\": \"o\","
                "\"answer\": \"a\", \"answer_is\": \"text\", \"texts\": { \"hint\": \"m.hint\" } },"
                "\"profiles\": [ { " CANONICAL ", \"prompt\": \"{question} {hint}\", \"choices\": \"elsewhere\" } ] }");
    assert_int_equal(stage->dataset.samples[0].correct, 0);
    expect_prompt(stage, task, 0, 0, "q {choices}");
    expect_bad_rows(stage, task, "{\"id\": 1, \"q\": \"q\", \"o\": [\"x\", \"x\"], \"a\": \"x\"}",
                    "\"a\": expected the text of one choice, found \"x\", which is that of 2");
}

#define KEYED(is) HEAD "\"paths\": \"t.jsonl\", \"fields\": { \"id\": \"id\", \"input\": \"q\", \"choices\": \"o\"," \
                  "\"answer\": \"a\"" is " }, \"profiles\": [ { " CANONICAL ", \"prompt\": \"{question}{choices}\" } ] }"
#define NUMBERS(key) "{\"id\": 1, \"q\": \"q\", \"o\": [\"1\", \"2\", \"3\"], \"a\": " key "}\n"
#define MIXED(choices) "{\"id\": 1, \"q\": \"q\", \"o\": [" choices "], \"a\": 2}\n"
#define LETTERS(key) "{\"id\": 1, \"q\": \"q\", \"o\": [\"B\", \"A\"], \"a\": " key "}\n"

static void test_a_key_of_two_meanings_is_refused(void **state)
{
    struct stage *stage = *state;
    const struct task *task = parse(stage, KEYED(""));

    expect_bad_rows(stage, task, NUMBERS("\"1\""), "t.jsonl line 1: \"a\": \"1\" is the text of choice A and the index (from 0) "
                    "of choice B, \"2\"; say which in \"fields\" of the task: \"answer_is\": \"text\" (choice A) or "
                    "\"answer_is\": \"label\" (choice B)");
    expect_bad_rows(stage, task, "{\"id\": 1, \"q\": \"q\", \"o\": [1, 2, 3], \"a\": 1}", "\"1\" is the text of choice A and the index");
    expect_bad_rows(stage, task, NUMBERS("1"), "\"1\" is the text of choice A and the index (from 0) of choice B, \"2\"; say which");
    expect_bad_rows(stage, task, MIXED("2, \"two\", 3"), "\"2\" is the text of choice A and the index (from 0) of choice C, \"3\"");
    expect_bad_rows(stage, task, MIXED("\"two\", 2, 3"), "\"2\" is the text of choice B and the index (from 0) of choice C, \"3\"");
    expect_bad_rows(stage, task, NUMBERS("\"3\""), "expected the letter of one of 3 choices, or its index from 0, found \"3\", "
                    "which is a choice's text: say \"answer_is\": \"text\" in \"fields\" of the task");
    expect_bad_rows(stage, task, LETTERS("\"A\""), "\"A\" is the text of choice B and the letter of choice A, \"B\"");
}

static void test_a_key_of_one_meaning_is_read(void **state)
{
    static const struct { const char *task, *row; size_t correct; } CASES[] = {
        { KEYED(""), NUMBERS("0"), 0 }, { KEYED(""), NUMBERS("\"0\""), 0 }, { KEYED(""), NUMBERS("\"b\""), 1 },
        { KEYED(""), MIXED("\"one\", 1, 2"), 2 }, { KEYED(""), MIXED("\"one\", 1, \"three\""), 2 },
        { KEYED(", \"answer_is\": \"label\""), NUMBERS("1"), 1 }, { KEYED(", \"answer_is\": \"text\""), NUMBERS("1"), 0 },
        { KEYED(", \"answer_is\": \"label\""), NUMBERS("\"1\""), 1 }, { KEYED(", \"answer_is\": \"text\""), NUMBERS("\"1\""), 0 },
        { KEYED(", \"answer_is\": \"label\""), LETTERS("\"A\""), 0 }, { KEYED(", \"answer_is\": \"text\""), LETTERS("\"A\""), 1 },
        { KEYED(""), "{\"id\": 1, \"q\": \"q\", \"o\": [\"0\", \"1\"], \"a\": \"1\"}\n", 1 },
    };

    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        put(*state, "t.jsonl", CASES[i].row);
        make(*state, CASES[i].task);
        assert_int_equal(((struct stage *)*state)->dataset.samples[0].correct, CASES[i].correct);
    }
}

/* --- a task like another --- */

static void test_like_takes_all_but_what_is_said(void **state)
{
    struct stage *stage = *state;
    const struct task *task;

    put(stage, "mine.jsonl", "{\"id\": 1, \"q\": \"1+1\", \"a\": 2}\n");
    task = make(stage, "{ \"name\": \"mine\", \"summary\": \"s\", \"like\": \"other\", \"paths\": \"mine.jsonl\" }");
    assert_string_equal(task->name, "mine");
    assert_int_equal(task->epochs, 3);
    expect_prompt(stage, task, 0, 0, "1+1!");
    assert_null(parse(stage, "{ \"name\": \"mine\", \"summary\": \"s\",\n\"like\": \"othr\" }"));
    expect(stage, "t.json line 2: \"like\": there is no task \"othr\"");
    assert_null(parse(stage, "{ \"name\": \"mine\", \"summary\": \"s\", \"like\": \"other\",\n\"fields\": {} }"));
    expect(stage, "t.json line 2: unknown key \"fields\"");
}

static void test_faults_of_the_file_are_named_by_line(void **state)
{
    static const struct { const char *text, *why; } CASES[] = {
        { "{ \"name\": \"a/b\"", "t.json line 1" },
        { "{ \"name\": \"a b\", \"summary\": \"s\" }", "line 1: \"name\": expected a name of letters" },
        { HEAD "\"fields\": { \"id\": \"i\", \"input\": \"q\", \"answer\": \"a\", \"choices\": \"c\",\n\"choice_columns\": [\"A\"] } }",
          "expected the choices in one way" },
        { HEAD "\"paths\": \"x\", \"fields\": { \"id\": \"i\", \"input\": \"q\", \"answer\": \"a\" },\n"
          "\"parts\": [\"a\",\n\"a\"], \"profiles\": [] }", "t.json line 3: a second part \"a\"" },
        { HEAD "\"paths\": \"x\", \"fields\": { \"id\": \"i\", \"input\": \"q\", \"answer\": \"a\" },\n"
          "\"profiles\": [ { " CANONICAL ", \"prompt\": \"{question}\",\n\"shots\": 5 } ] }", "t.json line 3: \"shots\": the task" },
        { HEAD "\"paths\": \"x\", \"fields\": { \"id\": \"i\", \"input\": \"q\", \"answer\": \"a\" },\n"
          "\"texts\": {\n\"a b\": \"x\" } }", "t.json line 3: expected the name of a slot" },
        { HEAD "\"paths\": \"x\", \"fields\": { \"id\": \"i\", \"input\": \"q\", \"answer\": \"a\" },\n\"source\": { \"idd\": \"x\" } }",
          "t.json line 2: unknown key \"idd\"; did you mean \"id\"" },
        { HEAD "\"paths\": \"x\", \"fields\": { \"id\": \"i\", \"input\": \"q\", \"answer\": \"a\" },\n"
          "\"profiles\": [ { " CANONICAL ", \"prompt\": \"{question}\", \"open\": \"{question}\" },\n"
          "{ \"name\": \"b\", \"reader\": \"canonical\", \"prompt\": \"{question}\" } ] }", "t.json line 3: expected a key \"open\"" },
        { HEAD "\"paths\": \"x\", \"fields\": { \"id\": \"i\", \"input\": \"q\", \"answer\": \"a\" },\n"
          "\"profiles\": [ { " CANONICAL ", \"prompt\": \"{question}\",\n\"edits\": [\"a\", \"b\"] } ] }", "t.json line 3: expected two texts" },
        { HEAD "\"paths\": \"x\", \"fields\": { \"id\": \"i\", \"input\": \"q\", \"answer\": \"a\" },\n"
          "\"profiles\": [ { " CANONICAL ", \"prompt\": \"{question}\",\n\"edits\": [[\"a\", \"b\"],\n[\"[*\", \"\"]] } ] }", "t.json line 4: expected a text, with one" },
        { HEAD "\"paths\": \"x\", \"fields\": { \"id\": \"i\", \"input\": \"q\", \"answer\": \"a\", \"part\": \"p\" },\n"
          "\"profiles\": [ { " CANONICAL ", \"prompt\": \"{question}\" } ] }", "\"part\" without a key \"parts\"" },
    };

    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        assert_null(parse(*state, CASES[i].text));
        expect(*state, CASES[i].why);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, stage_open, stage_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_parts_have_files_texts_and_clusters),
        TEST(test_edits_change_what_choices_show),
        TEST(test_labels_are_the_parts_own),
        TEST(test_groups_other_takes_what_stands_in_none),
        TEST(test_parts_are_told_by_rows_or_by_one_file),
        TEST(test_shots_are_the_first_of_the_category),
        TEST(test_images_stand_where_the_text_names_them),
        TEST(test_images_and_lists_are_refused_by_line_and_field),
        TEST(test_answers_may_be_texts_and_slots_columns),
        TEST(test_a_key_of_two_meanings_is_refused),
        TEST(test_a_key_of_one_meaning_is_read),
        TEST(test_like_takes_all_but_what_is_said),
        TEST(test_faults_of_the_file_are_named_by_line),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
