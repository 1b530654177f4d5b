/*
 * Grading at a desk: here, and by a program. The program is a line of shell that scores 1 where the answer is the target,
 * and has its bad days.
 */
#include "tests/unit/runners/scene.h"

#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include "harness/base/json.h"
#include "runners/desk.h"

static const char *const PROGRAM[] = { "/bin/sh", "-c",
    "while read -r line; do case $line in *'\"answer\":\"die'*) exit 1;; *'\"answer\":\"odd'*) echo '{\"score\":7}';;"
    " *'\"answer\":\"cannot'*) echo '{\"error\":\"the target cannot be read\"}';;"
    " *'\"target\":\"4\",\"answer\":\"4\"'*) echo '{\"score\":1,\"answer\":\"four\",\"answer_class\":\"4\",\"reason\":\"same\"}';;"
    " *'\"answer\":\"none'*) echo '{\"score\":0,\"answer\":null}';;"
    " *) echo '{\"score\":0}';; esac; done", NULL };

/* Answers with the line it got, as its reason. */
static const char *const ECHO[] = { "/bin/sh", "-c",
    "while read -r line; do printf '{\"score\":0,\"reason\":\"%s\"}\\n' \"$(printf %s \"$line\" | tr '\"' \"'\")\"; done", NULL };

static int read_text(const struct grading *grading, struct arena *arena, struct answer *out, struct err *err)
{
    (void)arena;
    (void)err;
    out->text = grading->said->text[0] != '\0' ? grading->said->text : NULL;
    out->note = out->text == NULL ? "nothing said" : NULL;
    return 0;
}

static int is_target(const struct grading *grading, const struct answer *answer, struct arena *arena,
                     struct grade *out, struct err *err)
{
    (void)arena;
    (void)err;
    out->score = strcmp(answer->text, grading->target) == 0;
    return 0;
}

static const struct reader READER = { .name = "all", .read = read_text };
static const struct grader HERE = { .name = "same", .grade = is_target };
static const struct grader OUT = { .name = "same", .program = PROGRAM };
static const struct grader ALL = { .name = "same", .program = ECHO, .wants_all = true };

struct scored {
    struct arena *arena;
    struct reply said;
    struct sheet sheet;
};

static struct sheet *perform(struct scored *scored, const struct grader *grader, const char *text)
{
    struct err err = ERR_INIT;
    struct desk *desk = desk_open(&err);

    assert_non_null(desk);
    *scored = (struct scored){ .arena = arena_new(), .said = reply_empty() };
    scored->said.text = text;
    scored->sheet = (struct sheet){ .arena = scored->arena,
        .grading = { .grader = grader, .reader = &READER, .sample = &SCENE_SAMPLES[0], .target = "4",
                     .said = &scored->said } };
    desk_perform(desk, &scored->sheet, -1);
    desk_close(desk);
    return &scored->sheet;
}

static void expect(const struct grader *grader, const char *text, double score, const char *reason, const char *problem)
{
    struct scored scored;
    const struct sheet *sheet = perform(&scored, grader, text);

    assert_int_equal(problem != NULL, sheet->problem != NULL);
    if (problem != NULL)
        assert_string_equal(problem, sheet->problem);
    else
        assert_true(sheet->grade.score == score);
    if (reason != NULL)
        assert_string_equal(reason, sheet->grade.reason);
    arena_free(scored.arena);
}

static void test_perform_grades_here_and_outside(void **state)
{
    (void)state;
    expect(&HERE, "4", 1, NULL, NULL);
    expect(&HERE, "5", 0, NULL, NULL);
    expect(&OUT, "4", 1, "same", NULL);
    expect(&OUT, "5", 0, NULL, NULL);
}

/* What could not be read needs no program, unless the grader wants to see for itself. */
static void test_perform_scores_what_cannot_be_read(void **state)
{
    (void)state;
    expect(&OUT, "", 0, "nothing said", NULL);
    expect(&ALL, "", 0, "{'grader':'same','profile':'all','id':'s1','target':'4','answer':null,'input':null,'output':'','stop':'end'}", NULL);
}

static void test_perform_tells_why_there_is_no_verdict(void **state)
{
    (void)state;
    expect(&OUT, "die", 0, NULL, "/bin/sh ended with status 1");
    expect(&OUT, "odd", 0, NULL, "expected a verdict with \"score\": a number from 0 to 1");
    expect(&OUT, "cannot", 0, NULL, "the target cannot be read");
}

static void test_perform_keeps_the_answer_as_read_unless_the_program_says_one(void **state)
{
    struct scored scored;

    (void)state;
    assert_string_equal(perform(&scored, &OUT, "4")->grade.answer, "four");
    arena_free(scored.arena);
    assert_string_equal(perform(&scored, &OUT, "5")->grade.answer, "5");
    arena_free(scored.arena);
    assert_null(perform(&scored, &OUT, "none")->grade.answer);
    arena_free(scored.arena);
}

static void test_perform_gives_a_program_as_long_as_its_grader_says(void **state)
{
    static const char *const mute[] = { "/bin/sh", "-c", "while read -r line; do sleep 9; done", NULL };
    static const struct grader slow = { .name = "slow", .program = mute, .limit_ms = 100 };

    (void)state;
    expect(&slow, "4", 0, NULL, "/bin/sh did not answer within 0.1 s");
}

/* Also where the program is started only then. */
static void test_hurry_leaves_papers_without_a_verdict(void **state)
{
    static const char *const mute[] = { "/bin/sh", "-c", "while read -r line; do sleep 99; done", NULL };
    static const struct grader slow = { .name = "slow", .program = mute };
    struct err err = ERR_INIT;
    struct desk *desk = desk_open(&err);
    struct arena *arena = arena_new();
    struct reply said = reply_empty();
    struct sheet sheet = { .arena = arena, .grading = { .grader = &slow, .reader = &READER, .sample = &SCENE_SAMPLES[0],
                                                        .target = "4", .said = &said } };

    (void)state;
    said.text = "4";
    desk_hurry(desk, 300);
    desk_perform(desk, &sheet, -1);
    assert_true(sheet.is_left);
    assert_null(sheet.problem);
    sheet.grading.grader = &HERE;
    desk_perform(desk, &sheet, -1);
    assert_false(sheet.is_left);
    assert_true(sheet.grade.score >= 1);
    desk_close(desk);
    arena_free(arena);
}

static void test_papers_of_both_kinds_come_back_once(void **state)
{
    struct err err = ERR_INIT;
    struct desk *desk = desk_open(&err);
    struct pollfd bell = { .fd = desk_fd(desk), .events = POLLIN };
    struct arena *arena = arena_new();
    struct reply said = reply_empty();
    struct sheet sheets[200];

    (void)state;
    said.text = "4";
    for (int i = 0; i < 200; i++) {
        sheets[i] = (struct sheet){ .arena = arena, .grading = { .grader = i % 2 ? &OUT : &HERE, .reader = &READER,
                                    .sample = &SCENE_SAMPLES[0], .target = "4", .said = &said } };
        desk_submit(desk, &sheets[i]);
    }
    for (int left = 200; left > 0;) {
        struct sheet *sheet = desk_collect(desk);

        if (sheet == NULL) {
            assert_int_equal(1, poll(&bell, 1, 20000));
            continue;
        }
        assert_null(sheet->owner);
        sheet->owner = desk;
        assert_true(sheet->grade.score >= 1);
        left--;
    }
    assert_null(desk_collect(desk));
    assert_int_equal(0, poll(&bell, 1, 0));
    desk_close(desk);
    arena_free(arena);
}

/* A program that no descriptor was left for is started once there is one. */
static void test_perform_starts_a_program_as_soon_as_it_can(void **state)
{
    struct err err = ERR_INIT;
    struct desk *desk = desk_open(&err);
    struct arena *arena = arena_new();
    struct reply said = reply_empty();
    struct sheet sheet = { .arena = arena, .grading = { .grader = &OUT, .reader = &READER, .sample = &SCENE_SAMPLES[0],
                                                        .target = "4", .said = &said } };
    struct rlimit before = { 0 }, none;
    int lowest = dup(0);

    (void)state;
    said.text = "4";
    assert_true(lowest > 0 && close(lowest) == 0);
    assert_int_equal(0, getrlimit(RLIMIT_NOFILE, &before));
    none = before;
    none.rlim_cur = (rlim_t)lowest;
    assert_int_equal(0, setrlimit(RLIMIT_NOFILE, &none));
    desk_perform(desk, &sheet, -1);
    assert_int_equal(0, setrlimit(RLIMIT_NOFILE, &before));
    assert_non_null(sheet.problem);
    desk_perform(desk, &sheet, -1);
    assert_null(sheet.problem);
    assert_true(sheet.grade.score >= 1);
    desk_close(desk);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_perform_grades_here_and_outside),
        cmocka_unit_test(test_perform_scores_what_cannot_be_read),
        cmocka_unit_test(test_perform_tells_why_there_is_no_verdict),
        cmocka_unit_test(test_perform_keeps_the_answer_as_read_unless_the_program_says_one),
        cmocka_unit_test(test_perform_gives_a_program_as_long_as_its_grader_says),
        cmocka_unit_test(test_hurry_leaves_papers_without_a_verdict),
        cmocka_unit_test(test_papers_of_both_kinds_come_back_once),
        cmocka_unit_test(test_perform_starts_a_program_as_soon_as_it_can),
    };
    signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
