#include "tests/unit/runners/scene.h"

static void test_gold_is_the_task_s_answer(void **state)
{
    struct scene scene = { .arena = NULL };
    struct err err = ERR_INIT;

    (void)state;
    assert_true(scene_open(&scene, NULL, "oracle/gold", &err));
    assert_string_equal("The answer is 4", scene_reply(&scene, &SCENE_TASK, 0, 1)->text);
    assert_int_equal(REPLY_OK, scene.ask.reply.status);
    scene_end(&scene);
}

static void test_guess_is_the_same_for_the_same_epoch(void **state)
{
    struct scene scene = { .arena = NULL };
    struct err err = ERR_INIT;
    char first[8];

    (void)state;
    assert_true(scene_open(&scene, NULL, "oracle/guess", &err));
    snprintf(first, sizeof first, "%s", scene_reply(&scene, &SCENE_TASK, 0, 1)->text);
    assert_string_equal(first, scene_reply(&scene, &SCENE_TASK, 0, 1)->text);
    scene_end(&scene);
}

static void test_a_task_without_answers_fails(void **state)
{
    static const char *const specs[] = { "oracle/gold", "oracle/guess" };

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct scene scene = { .arena = NULL };
        struct err err = ERR_INIT;
        const struct reply *reply;

        assert_true(scene_open(&scene, NULL, specs[i], &err));
        reply = scene_reply(&scene, &SCENE_MUTE, 0, 1);
        assert_int_equal(REPLY_FAILED, reply->status);
        assert_int_equal(ORIGIN_HARNESS, reply->origin);
        assert_non_null(strstr(reply->reason, "mute"));
        scene_end(&scene);
    }
}

static void test_open_knows_two_names(void **state)
{
    struct scene scene = { .arena = NULL };
    struct err err = ERR_INIT;

    (void)state;
    assert_false(scene_open(&scene, NULL, "oracle/delphi", &err));
    assert_int_equal(EXIT_USAGE, err.code);
    assert_non_null(strstr(err.text, "oracle/guess"));
    scene_end(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_gold_is_the_task_s_answer),
        cmocka_unit_test(test_guess_is_the_same_for_the_same_epoch),
        cmocka_unit_test(test_a_task_without_answers_fails),
        cmocka_unit_test(test_open_knows_two_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
