#include "tests/unit/runners/scene.h"

static int read_all(const struct grading *grading, struct arena *arena, struct answer *out, struct err *err)
{
    (void)arena;
    (void)err;
    out->text = grading->said->text;
    return 0;
}

static int is_target(const struct grading *grading, const struct answer *answer, struct arena *arena,
                     struct grade *out, struct err *err)
{
    if (strcmp(answer->text, "bomb") == 0)
        return err_set(err, "it went off");
    out->score = strcmp(answer->text, grading->target) == 0 ? 1 : 0;
    out->answer = arena_strdup(arena, answer->text);
    return 0;
}

static const struct reader READER = { .name = "all", .grader = "same", .version = 1, .read = read_all };
static const struct grader GRADER = { .name = "same", .version = 1, .grade = is_target };

static const struct reply *grade(struct scene *scene, const char *text)
{
    struct err err = ERR_INIT;
    struct reply *said;

    scene->arena = arena_new();
    scene->type = runners_find("grade");
    scene->runner = scene->type->open(NULL, NULL, &err);
    assert_non_null(scene->runner);
    scene_ask(scene, &SCENE_TASK, 0, 1);
    said = arena_alloc(scene->arena, sizeof *said);
    *said = reply_empty();
    said->text = text;
    scene->ask.kind = ASK_GRADE;
    scene->ask.grading = (struct grading){ .grader = &GRADER, .reader = &READER, .sample = scene->episode->sample,
                                           .target = "4", .said = said };
    scene->type->submit(scene->runner, &scene->ask);
    assert_true(scene_is_readable(scene));
    assert_ptr_equal(&scene->ask, scene->type->collect(scene->runner));
    assert_null(scene->type->collect(scene->runner));
    return &scene->ask.reply;
}

static void test_collect_grades(void **state)
{
    struct scene scene = { .arena = NULL };
    const struct reply *reply = grade(&scene, "4");

    (void)state;
    assert_int_equal(REPLY_OK, reply->status);
    assert_true(reply->grade.score >= 1);
    assert_string_equal("4", reply->grade.answer);
    scene_end(&scene);
}

static void test_collect_of_a_grader_s_error_fails(void **state)
{
    struct scene scene = { .arena = NULL };
    const struct reply *reply = grade(&scene, "bomb");

    (void)state;
    assert_int_equal(REPLY_FAILED, reply->status);
    assert_int_equal(ORIGIN_HARNESS, reply->origin);
    assert_non_null(strstr(reply->reason, "it went off"));
    scene_end(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_collect_grades),
        cmocka_unit_test(test_collect_of_a_grader_s_error_fails),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
