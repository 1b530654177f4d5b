/*
 * Replies that models really gave, read as the authors of their benchmarks read them, against the verdicts recorded;
 * and the figures known for our own readers on the same replies. Skipped where the shared data is not there.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "harness/base/arena.h"
#include "harness/base/file.h"
#include "harness/base/json.h"
#include "harness/base/jsonl.h"
#include "harness/engine/grading.h"
#include "harness/engine/sample.h"
#include "tasks/graders/graders.h"
#include "tasks/graders/open.h"
#include "tasks/pylist.h"
#include "tasks/readers/readers.h"
#include "tests/skip.h"

static int files_missing;

/* What is done with a row; its memory is the arena's. */
typedef void row_fn(const struct json *row, struct arena *arena, void *into);

static bool each_row(const char *file, row_fn *fn, void *into)
{
    struct arena *arena = arena_new();
    char *path = arena_printf(arena, "%s/data/%s", SHARED_DIR, file);
    struct err err = ERR_INIT;
    struct jsonl *rows = file_exists(path) ? jsonl_open(path, &err) : NULL;
    struct json_doc *doc;

    if (rows == NULL) {
        print_message("skipped: no %s\n", path);
        files_missing++;
        arena_free(arena);
        return false;
    }
    while (jsonl_next(rows, &doc, &err) > 0) {
        fn(json_root(doc), arena, into);
        json_free(doc);
    }
    jsonl_close(rows);
    arena_free(arena);
    return true;
}

static struct answer read_text(const struct reader *reader, const struct sample *sample, const char *text,
                               struct arena *arena)
{
    struct reply said = { .text = text };
    struct grading grading = { .reader = reader, .sample = sample, .said = &said };
    struct answer answer;
    struct err err = ERR_INIT;

    if (reader->read(&grading, arena, &answer, &err) < 0)
        fail_msg("%s", err.text);
    return answer;
}

static bool same_text(const char *a, const char *b)
{
    return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static double score_of(const struct reader *reader, const struct sample *sample, const char *target, const char *text,
                       struct arena *arena)
{
    struct reply said = { .text = text };
    struct grading grading = { .grader = graders_find(reader->grader), .reader = reader, .sample = sample,
                               .target = target, .said = &said };
    struct grade grade;
    struct err err = ERR_INIT;

    assert_int_equal(grading_run(&grading, arena, &grade, &err), 0);
    return grade.answer == NULL ? 0 : grade.score;
}

/* --- MMMU --- */

struct mmmu {
    int choices, choice_right, opens, open_right, disagree, unread, drawn;
    int canonical_right, canonical_unread;
};

static const char *const *texts_of(const struct json *object, struct arena *arena, size_t *count)
{
    const char **texts = arena_calloc(arena, json_count(object) + 1, sizeof texts[0]);

    *count = 0;
    for (const struct json *item = json_first(object); item != NULL; item = json_next(item))
        texts[(*count)++] = arena_strdup(arena, json_text(item));
    return texts;
}

static const char *target_of(const struct json *value, struct arena *arena)
{
    const char *text = json_text(value);

    if (text != NULL)
        return text;
    const char *list = "[";
    for (const struct json *item = json_first(value); item != NULL; item = json_next(item))
        list = arena_printf(arena, "%s'%s',", list, json_text(item));
    return arena_printf(arena, "%s]", list);
}

/* The reply's candidates, as sorted and rendered by nobody: each recorded one is found among ours and the other way. */
static bool same_candidates(const struct json *recorded, const struct open_values *ours)
{
    size_t found = 0, distinct = 0;

    for (size_t i = 0; i < ours->count; i++) {
        const struct open_value *value = &ours->items[i];
        bool seen = false, there = false;
        for (size_t k = 0; k < i && !seen; k++)
            seen = same_text(ours->items[k].text, value->text) &&
                   (value->text != NULL || ours->items[k].number == value->number);
        if (seen)
            continue;
        distinct++;
        for (const struct json *item = json_first(recorded); item != NULL; item = json_next(item)) {
            double number;
            there = there || (value->text != NULL ? same_text(json_text(item), value->text)
                                                  : json_to_number(item, &number) && number == value->number);
        }
        found += there;
    }
    return found == distinct && distinct == json_count(recorded);
}

static void check_mmmu_choice(const struct json *row, struct arena *arena, struct mmmu *sum)
{
    struct sample sample = { .id = json_string(row, "id") };
    const char *response = json_string(row, "response"), *answer = json_string(row, "answer");

    sample.choices = texts_of(json_get(row, "index2ans"), arena, &sample.choice_count);
    struct answer ours = read_text(&reader_choice_mmmu_official, &sample, response, arena);
    struct answer drawn = read_text(&reader_choice_mmmu_official_random, &sample, response, arena);
    struct answer canonical = read_text(&reader_choice_canonical, &sample, response, arena);

    sum->choices++;
    sum->disagree += !same_text(ours.text, json_string(row, "official_parsed"));
    sum->unread += ours.text == NULL;
    sum->drawn += drawn.text != NULL && drawn.text[0] >= 'A' && (size_t)(drawn.text[0] - 'A') < sample.choice_count;
    sum->choice_right += same_text(ours.text, answer);
    sum->canonical_right += same_text(canonical.text, answer);
    sum->canonical_unread += canonical.text == NULL;
    assert_true(ours.text != NULL || (ours.credit > 0 && ours.credit * (double)sample.choice_count > 0.999));
}

static void check_mmmu_open(const struct json *row, struct arena *arena, struct mmmu *sum)
{
    struct sample sample = { .id = json_string(row, "id") };
    const char *response = json_string(row, "response"), *target = target_of(json_get(row, "answer"), arena);
    struct open_values candidates = open_candidates(response, arena);
    double score = score_of(&reader_choice_or_open_mmmu_official, &sample, target, response, arena);
    bool recorded = false;

    json_get_bool(row, "official_correct", &recorded);
    sum->opens++;
    sum->open_right += score > 0.5;
    sum->disagree += (score > 0.5) != recorded;
    if (!same_candidates(json_get(row, "official_parsed"), &candidates)) {
        print_error("%s: other candidates\n", sample.id);
        sum->disagree++;
    }
}

static void check_mmmu(const struct json *row, struct arena *arena, void *into)
{
    if (strcmp(json_string(row, "question_type"), "multiple-choice") == 0)
        check_mmmu_choice(row, arena, into);
    else
        check_mmmu_open(row, arena, into);
}

static void test_mmmu_official_agrees_with_recorded_verdicts(void **state)
{
    static const struct { const char *file; int choice_right, open_right, unread, canonical_right, canonical_unread; } FILES[] = {
        { "mmmu/val_responses_llava1.5_13b.jsonl", 327, 2, 2, 327, -1 },
        { "mmmu/val_responses_qwen_vl.jsonl", 303, 6, 48, 221, 259 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof FILES / sizeof FILES[0]; i++) {
        struct mmmu sum = { 0 };
        if (!each_row(FILES[i].file, check_mmmu, &sum))
            continue;
        print_message("%s: %d + %d tried, %d disagree; official %d and %d right; canonical %d right, %d unread\n",
                      FILES[i].file, sum.choices, sum.opens, sum.disagree, sum.choice_right, sum.open_right,
                      sum.canonical_right, sum.canonical_unread);
        assert_int_equal(sum.choices, 847);
        assert_int_equal(sum.opens, 53);
        assert_int_equal(sum.disagree, 0);
        assert_int_equal(sum.choice_right, FILES[i].choice_right);
        assert_int_equal(sum.open_right, FILES[i].open_right);
        assert_int_equal(sum.unread, FILES[i].unread);
        assert_int_equal(sum.drawn, 847);
        assert_int_equal(sum.canonical_right, FILES[i].canonical_right);
        if (FILES[i].canonical_unread >= 0)
            assert_int_equal(sum.canonical_unread, FILES[i].canonical_unread);
    }
}

static void check_open_case(const struct json *row, struct arena *arena, void *into)
{
    struct open_values candidates = open_candidates(json_string(row, "output"), arena);
    struct open_values keys = open_keys(target_of(json_get(row, "gold"), arena), arena);
    bool recorded = false;
    int *failed = into;

    json_get_bool(row, "official_correct", &recorded);
    if (open_matches(&candidates, &keys) != recorded || !same_candidates(json_get(row, "candidates"), &candidates)) {
        print_error("another verdict or other candidates: %s\n", json_string(row, "output"));
        (*failed)++;
    }
}

static void test_open_agrees_with_labelled_cases(void **state)
{
    int failed = 0;

    (void)state;
    each_row("extraction/mmmu_open.jsonl", check_open_case, &failed);
    assert_int_equal(failed, 0);
}

/* --- MMMU-Pro --- */

struct pro { int tried, disagree, unread; };

static void check_pro(const struct json *row, struct arena *arena, void *into)
{
    struct sample sample = { .id = json_string(row, "id") };
    struct err err = ERR_INIT;
    const char **choices;
    struct pro *sum = into;

    assert_int_equal(pylist_parse(arena, json_string(row, "options"), &choices, &sample.choice_count, &err), 0);
    sample.choices = choices;
    struct answer ours = read_text(&reader_choice_mmmu_pro_official, &sample, json_string(row, "response"), arena);
    sum->tried++;
    sum->unread += ours.text == NULL;
    if (ours.text != NULL && !same_text(ours.text, json_string(row, "pred_indexs"))) {
        print_message("%s: %s, recorded %s\n", sample.id, ours.text, json_string(row, "pred_indexs"));
        sum->disagree++;
    }
}

static void test_mmmu_pro_official_agrees_with_recorded_verdicts(void **state)
{
    struct pro sum = { 0 };

    (void)state;
    if (!each_row("mmmu/mmmu_pro_standard10_gpt4o_sample.jsonl", check_pro, &sum))
        return;
    print_message("MMMU-Pro: %d tried, %d disagree, %d drawn at random there\n", sum.tried, sum.disagree, sum.unread);
    assert_int_equal(sum.tried, 120);
    assert_int_equal(sum.disagree, 0);
}

/* --- MMLU-Pro --- */

struct levels { int rows[4], official[4], canonical[4]; };

static void check_mmlu_pro(const struct json *row, struct arena *arena, void *into)
{
    struct sample sample = { .id = "r" };
    struct levels *sum = into;
    int64_t level = 0, count = 0;
    const char *recorded = json_string(row, "official_pred"), *output = json_string(row, "output");

    json_get_int64(row, "official_level", &level);
    json_get_int64(row, "n_options", &count);
    sample.choice_count = (size_t)count;
    struct answer official = read_text(&reader_choice_mmlu_pro_official, &sample, output, arena);
    struct answer canonical = read_text(&reader_choice_canonical, &sample, output, arena);
    sum->rows[level]++;
    sum->official[level] += same_text(official.text, recorded);
    sum->canonical[level] += same_text(canonical.text, recorded);
}

static void test_mmlu_pro_official_agrees_with_recorded_levels(void **state)
{
    static const int ROWS[4] = { 48, 140, 15, 85 }, CANONICAL[4] = { 48, 138, 4, 6 };
    struct levels sum = { { 0 }, { 0 }, { 0 } };

    (void)state;
    if (!each_row("mmlu_pro/model_outputs_sample.jsonl", check_mmlu_pro, &sum))
        return;
    for (int level = 0; level < 4; level++) {
        print_message("MMLU-Pro level %d: %d rows, official %d, canonical %d\n", level, sum.rows[level],
                      sum.official[level], sum.canonical[level]);
        assert_int_equal(sum.rows[level], ROWS[level]);
        assert_int_equal(sum.official[level], ROWS[level]);
        assert_int_equal(sum.canonical[level], CANONICAL[level]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mmmu_official_agrees_with_recorded_verdicts),
        cmocka_unit_test(test_open_agrees_with_labelled_cases),
        cmocka_unit_test(test_mmmu_pro_official_agrees_with_recorded_verdicts),
        cmocka_unit_test(test_mmlu_pro_official_agrees_with_recorded_levels),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);

    return failed == 0 && files_missing > 0 ? EXIT_SKIPPED : failed;
}
