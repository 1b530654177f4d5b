#include "tests/unit/runners/scene.h"

#include "harness/base/json_write.h"
#include "results/journal.h"

static const char WHOLE[] =
    "{\"replay\":1,\"model\":\"openai/gpt-oss-120b\",\"recorded\":\"2025-11-09\"}\n"
    "{\"sample\":\"s1\",\"epoch\":1,\"text\":\"four\",\"reasoning\":\"2+2\",\"stop\":\"length\",\"input_tokens\":7,"
    "\"output_tokens\":9}\n"
    "\n"
    "{\"sample\":\"s1\",\"epoch\":2,\"text\":\"\"}\n"
    "{\"sample\":\"s2\",\"epoch\":1,\"text\":\"any\"}\n"
    "{\"sample\":\"s2\",\"epoch\":1,\"text\":\"of sums\",\"task\":\"sums\"}\n";

static void open_whole(struct scene *scene)
{
    struct err err = ERR_INIT;

    scene_write(scene, ".jsonl", WHOLE);
    assert_true(scene_open_file(scene, "replay", &err));
}

static void test_submit_gives_back_what_was_recorded(void **state)
{
    struct scene scene = { .arena = NULL };
    const struct reply *reply;

    (void)state;
    open_whole(&scene);
    reply = scene_reply(&scene, &SCENE_TASK, 0, 1);
    assert_int_equal(REPLY_OK, reply->status);
    assert_string_equal("four", reply->text);
    assert_string_equal("2+2", reply->reasoning);
    assert_int_equal(STOP_LENGTH, reply->stop);
    assert_int_equal(7, reply->tokens_in);
    assert_int_equal(9, reply->tokens_out);
    assert_int_equal(TOKENS_UNKNOWN, reply->tokens_cache);
    assert_string_equal("openai/gpt-oss-120b", reply->model);
    scene_end(&scene);
}

static void test_submit_of_little_gives_end_and_unknown(void **state)
{
    struct scene scene = { .arena = NULL };
    const struct reply *reply;

    (void)state;
    open_whole(&scene);
    reply = scene_reply(&scene, &SCENE_TASK, 0, 2);
    assert_string_equal("", reply->text);
    assert_null(reply->reasoning);
    assert_int_equal(STOP_END, reply->stop);
    assert_int_equal(TOKENS_UNKNOWN, reply->tokens_in);
    assert_int_equal(TOKENS_UNKNOWN, reply->tokens_out);
    scene_end(&scene);
}

static void test_submit_prefers_the_line_of_its_task(void **state)
{
    struct scene scene = { .arena = NULL };

    (void)state;
    open_whole(&scene);
    assert_string_equal("of sums", scene_reply(&scene, &SCENE_TASK, 1, 1)->text);
    assert_string_equal("any", scene_reply(&scene, &SCENE_MUTE, 1, 1)->text);
    scene_end(&scene);
}

static void test_submit_of_what_is_not_there_fails(void **state)
{
    struct scene scene = { .arena = NULL };
    const struct reply *reply;

    (void)state;
    open_whole(&scene);
    reply = scene_reply(&scene, &SCENE_TASK, 1, 2);
    assert_int_equal(REPLY_FAILED, reply->status);
    assert_int_equal(ORIGIN_HARNESS, reply->origin);
    scene_end(&scene);
}

static void test_covers_names_epoch_sample_and_file(void **state)
{
    struct scene scene = { .arena = NULL };
    struct err err = ERR_INIT;

    (void)state;
    open_whole(&scene);
    assert_int_equal(0, scene.type->covers(scene.runner, "sums", &SCENE_SAMPLES[0], 2, &err));
    assert_int_equal(-1, scene.type->covers(scene.runner, "sums", &SCENE_SAMPLES[0], 3, &err));
    assert_int_equal(EXIT_BAD_DATA, err.code);
    assert_non_null(strstr(err.text, scene.path));
    assert_non_null(strstr(err.text, "epoch 3"));
    assert_non_null(strstr(err.text, "\"s1\""));
    scene_end(&scene);
}

static void test_shown_is_the_header_s_model_or_the_stem(void **state)
{
    struct scene scene = { .arena = NULL };
    struct err err = ERR_INIT;
    char *stem;

    (void)state;
    open_whole(&scene);
    assert_string_equal("openai/gpt-oss-120b", scene.type->shown(scene.runner));
    scene_end(&scene);
    scene_write(&scene, ".jsonl", "{\"sample\":\"s1\",\"epoch\":1,\"text\":\"x\"}");
    assert_true(scene_open_file(&scene, "replay", &err));
    stem = file_stem(scene.arena, scene.path);
    assert_string_equal(stem, scene.type->shown(scene.runner));
    scene_end(&scene);
}

static void test_describe_gives_the_file_s_hash(void **state)
{
    struct scene scene = { .arena = NULL };
    struct err err = ERR_INIT;
    struct buf text;
    struct json_write w;

    (void)state;
    scene_write(&scene, ".jsonl", "");
    assert_true(scene_open_file(&scene, "replay", &err));
    buf_init(&text, 0);
    w = json_write_to(&text);
    json_open(&w, NULL, '{');
    scene.type->describe(scene.runner, &w);
    json_close(&w);
    assert_string_equal("{\"sha256\":\"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\"}", text.data);
    buf_fini(&text);
    scene_end(&scene);
}

/* Every wrong file, and words its error must have; all have path and line before them. */
static const struct wrong { const char *text, *words; } WRONG[] = {
    { "{\"sample\":\"s1\",\"epoch\":1,\"text\":\"a\"}\n\n{\"sample\":\"s1\",\"epoch\":1,\"text\":\"b\"}\n",
      "line 3: sample \"s1\", epoch 1 stands already on line 1" },
    { "{\"sample\":\"s1\",\"epoch\":1,\"text\":\"a\",\"task\":\"t\"}\n"
      "{\"sample\":\"s1\",\"epoch\":1,\"text\":\"b\",\"task\":\"t\"}\n", "line 2: sample" },
    { "{\"sample\":\"s1\",\"epoch\":1}\n", "line 1: \"text\": expected a string, found none" },
    { "{\"sample\":7,\"epoch\":1,\"text\":\"a\"}\n", "line 1: \"sample\": expected a string" },
    { "{\"sample\":\"s1\",\"epoch\":0,\"text\":\"a\"}\n", "line 1: \"epoch\": expected a whole number from 1" },
    { "{\"sample\":\"s1\",\"text\":\"a\"}\n", "line 1: \"epoch\"" },
    { "{\"sample\":\"s1\",\"epoch\":1.5,\"text\":\"a\"}\n", "line 1: \"epoch\"" },
    { "{\"sample\":\"s1\",\"epoch\":1,\"text\":\"a\",\"stop\":3}\n", "line 1: \"stop\"" },
    { "{\"sample\":\"s1\",\"epoch\":1,\"text\":\"a\",\"input_tokens\":-1}\n", "line 1: \"input_tokens\"" },
    { "{\"sample\":\"s1\",\"epoch\":1,\"text\":\"a\"}\n[1]\n", "line 2: expected an object" },
    { "{\"sample\":\"s1\",\"epoch\":1,\"text\":\"a\"}\n{\"sample\":\"s1\",\"epo", "line 2: " },
    { "{\"replay\":2,\"model\":\"m\"}\n", "line 1: \"replay\": expected version 1" },
};

static void test_open_names_the_line_that_is_wrong(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof WRONG / sizeof WRONG[0]; i++) {
        struct scene scene = { .arena = NULL };
        struct err err = ERR_INIT;

        scene_write(&scene, ".jsonl", WRONG[i].text);
        assert_false(scene_open_file(&scene, "replay", &err));
        assert_int_equal(EXIT_BAD_DATA, err.code);
        assert_non_null(strstr(err.text, scene.path));
        if (strstr(err.text, WRONG[i].words) == NULL)
            fail_msg("\"%s\" lacks \"%s\"", err.text, WRONG[i].words);
        scene_end(&scene);
    }
}

static void test_open_of_a_missing_file_fails(void **state)
{
    struct scene scene = { .arena = NULL };
    struct err err = ERR_INIT;

    (void)state;
    assert_false(scene_open(&scene, NULL, "replay/no/such/file.jsonl", &err));
    assert_int_equal(EXIT_BAD_DATA, err.code);
    scene_end(&scene);
}

static void test_open_takes_no_settings(void **state)
{
    struct scene scene = { .arena = NULL };
    struct err err = ERR_INIT;

    (void)state;
    assert_false(scene_open(&scene, NULL, "replay/x.jsonl,temperature=1", &err));
    assert_int_equal(EXIT_USAGE, err.code);
    scene_end(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_submit_gives_back_what_was_recorded),
        cmocka_unit_test(test_submit_of_little_gives_end_and_unknown),
        cmocka_unit_test(test_submit_prefers_the_line_of_its_task),
        cmocka_unit_test(test_submit_of_what_is_not_there_fails),
        cmocka_unit_test(test_covers_names_epoch_sample_and_file),
        cmocka_unit_test(test_shown_is_the_header_s_model_or_the_stem),
        cmocka_unit_test(test_describe_gives_the_file_s_hash),
        cmocka_unit_test(test_open_names_the_line_that_is_wrong),
        cmocka_unit_test(test_open_of_a_missing_file_fails),
        cmocka_unit_test(test_open_takes_no_settings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
