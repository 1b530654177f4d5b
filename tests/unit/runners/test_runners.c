#include "tests/unit/runners/scene.h"

static void test_runner_types_are_in_order(void **state)
{
    (void)state;
    for (size_t i = 0; runner_types[i] != NULL; i++) {
        assert_true(i == 0 || strcmp(runner_types[i - 1]->name, runner_types[i]->name) < 0);
        assert_ptr_equal(runner_types[i], runners_find(runner_types[i]->name));
        assert_non_null(runner_types[i]->summary);
    }
    assert_null(runners_find("anthropomorph"));
}

static void test_open_of_an_unknown_provider_names_the_nearest(void **state)
{
    struct scene scene = { .arena = NULL };
    struct err err = ERR_INIT;

    (void)state;
    assert_false(scene_open(&scene, NULL, "opnai/gpt", &err));
    assert_int_equal(EXIT_USAGE, err.code);
    assert_non_null(strstr(err.text, "did you mean \"openai\""));
    assert_non_null(strstr(err.text, "oracle, predictions, replay"));
    scene_end(&scene);
}

static void test_open_serves_models_only(void **state)
{
    struct scene scene = { .arena = NULL };
    struct err err = ERR_INIT;

    (void)state;
    assert_false(scene_open(&scene, NULL, "grade/x", &err));
    assert_int_equal(EXIT_USAGE, err.code);
    scene_end(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_runner_types_are_in_order),
        cmocka_unit_test(test_open_of_an_unknown_provider_names_the_nearest),
        cmocka_unit_test(test_open_serves_models_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
