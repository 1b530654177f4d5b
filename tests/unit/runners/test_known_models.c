#include "tests/unit/runners/scene.h"

#include "runners/known_models.h"

static void test_known_models_are_in_order_and_say_something(void **state)
{
    (void)state;
    for (size_t i = 0; known_models[i].name != NULL; i++) {
        const struct known_model *model = &known_models[i];

        assert_true(i == 0 || strcmp(known_models[i - 1].name, model->name) < 0);
        assert_true(model->thinking != NULL || model->plain != NULL);
        assert_true(!model->thinks || model->thinking != NULL);
        assert_true(known_model_sampling(model, true)->value[SAMPLING_TEMPERATURE] >= 0);
        assert_non_null(known_model_sampling(model, false));
    }
}

static void test_known_models_find_gives_the_card(void **state)
{
    struct err err = ERR_INIT;
    const struct known_model *model = known_models_find("qwen3.5-27b", &err);
    struct buf text;

    (void)state;
    assert_non_null(model);
    buf_init(&text, 0);
    known_model_show(model, &text);
    assert_string_equal("temperature 1, top_p 0.95, top_k 20, min_p 0, presence_penalty 1.5, frequency_penalty 0, "
                        "repetition_penalty 1, max_tokens 32768", text.data);
    buf_fini(&text);
}

/* Where nothing is said Claude does not think; what it then draws by is what is shown. */
static void test_known_models_know_claude(void **state)
{
    static const char *const names[] = { "claude-haiku-4-5-20251001", "claude-opus-4-6", "claude-sonnet-4-6" };

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        struct err err = ERR_INIT;
        const struct known_model *model = known_models_find(names[i], &err);
        struct buf text;

        assert_non_null(model);
        buf_init(&text, 0);
        known_model_show(model, &text);
        assert_string_equal("temperature 1, max_tokens 32000", text.data);
        buf_fini(&text);
    }
}

static void test_known_models_find_names_the_nearest(void **state)
{
    struct err err = ERR_INIT;

    (void)state;
    assert_null(known_models_find("qwen3.5-28b", &err));
    assert_int_equal(EXIT_USAGE, err.code);
    assert_non_null(strstr(err.text, "qwen3.5-2"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known_models_are_in_order_and_say_something),
        cmocka_unit_test(test_known_models_find_gives_the_card),
        cmocka_unit_test(test_known_models_know_claude),
        cmocka_unit_test(test_known_models_find_names_the_nearest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
