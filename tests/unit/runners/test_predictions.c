#include "tests/unit/runners/scene.h"

/* The same two predictions in every shape that tools write. */
static const struct shape { const char *ending, *text, *shown; } SHAPES[] = {
    { ".jsonl", "{\"instance_id\":\"s1\",\"model_patch\":\"one\",\"model_name_or_path\":\"m\"}\n"
                "{\"instance_id\":\"s2\",\"model_patch\":\"\",\"model_name_or_path\":\"m\"}\n", "m" },
    { ".jsonl", "{\"sample\":\"s1\",\"prediction\":\"one\"}\n{\"sample\":\"s2\",\"text\":\"\"}\n", NULL },
    { ".json", "[{\"instance_id\":\"s1\",\"model_patch\":\"one\",\"model_name_or_path\":\"m\"},\n"
               "{\"instance_id\":\"s2\",\"model_patch\":null}]", "m" },
    { ".json", "{\"s1\":{\"model_patch\":\"one\",\"model_name_or_path\":\"m\"},\"s2\":{\"output\":\"\"}}", "m" },
    { ".json", "{\"s1\":\"one\",\"s2\":\"\"}", NULL },
    { ".json", "[{\"id\":\"s1\",\"output\":\"one\"},{\"id\":\"s2\",\"output\":\"\"}]", NULL },
};

static void test_submit_reads_every_shape(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof SHAPES / sizeof SHAPES[0]; i++) {
        struct scene scene = { .arena = NULL };
        struct err err = ERR_INIT;
        const char *shown;

        scene_write(&scene, SHAPES[i].ending, SHAPES[i].text);
        if (!scene_open_file(&scene, "predictions", &err))
            fail_msg("%s", err.text);
        assert_string_equal("one", scene_reply(&scene, &SCENE_TASK, 0, 1)->text);
        assert_string_equal("one", scene_reply(&scene, &SCENE_TASK, 0, 9)->text);
        assert_string_equal("", scene_reply(&scene, &SCENE_MUTE, 1, 1)->text);
        shown = SHAPES[i].shown != NULL ? SHAPES[i].shown : file_stem(scene.arena, scene.path);
        assert_string_equal(shown, scene.type->shown(scene.runner));
        scene_end(&scene);
    }
}

static void test_submit_takes_a_number_as_an_id(void **state)
{
    static const struct sample sample = { .id = "17", .target = "x" };
    struct scene scene = { .arena = NULL };
    struct err err = ERR_INIT;

    (void)state;
    scene_write(&scene, ".jsonl", "{\"id\":17,\"text\":\"one\"}\n");
    assert_true(scene_open_file(&scene, "predictions", &err));
    assert_int_equal(0, scene.type->covers(scene.runner, "sums", &sample, 1, &err));
    scene_end(&scene);
}

static void test_covers_names_the_missing_sample(void **state)
{
    struct scene scene = { .arena = NULL };
    struct err err = ERR_INIT;

    (void)state;
    scene_write(&scene, ".jsonl", "{\"id\":\"s1\",\"text\":\"one\"}\n");
    assert_true(scene_open_file(&scene, "predictions", &err));
    assert_int_equal(0, scene.type->covers(scene.runner, "sums", &SCENE_SAMPLES[0], 4, &err));
    assert_int_equal(-1, scene.type->covers(scene.runner, "sums", &SCENE_SAMPLES[1], 1, &err));
    assert_int_equal(EXIT_BAD_DATA, err.code);
    assert_non_null(strstr(err.text, "\"s2\""));
    assert_non_null(strstr(err.text, scene.path));
    scene_end(&scene);
}

static const struct wrong { const char *ending, *text, *words; } WRONG[] = {
    { ".jsonl", "{\"id\":\"s1\",\"text\":\"a\"}\n{\"id\":\"s1\",\"text\":\"b\"}\n",
      "line 2: sample \"s1\" stands already at line 1" },
    { ".jsonl", "{\"id\":\"s1\"}\n", "line 1: no \"model_patch\"" },
    { ".jsonl", "{\"text\":\"a\"}\n", "line 1: no \"instance_id\"" },
    { ".jsonl", "{\"id\":\"s1\",\"text\":[1]}\n", "line 1: \"text\": expected a string, found an array" },
    { ".jsonl", "{\"id\":\"s1\",\"text\":\"a\"}\n{\"id\":\"s2\",\"text\":null}\n",
      "line 2: \"text\": expected a string, found null" },
    { ".json", "{\"s1\":null}", "entry 1: no \"model_patch\"" },
    { ".json", "[\n\"K\xf6ln\"]", ": line 2: not UTF-8" },
    { ".json", "[{\"id\":\"s1\",\"text\":\"a\"},{\"id\":\"s1\",\"text\":\"b\"}]",
      "entry 2: sample \"s1\" stands already at entry 1" },
    { ".json", "\"s1\"", "expected an array or an object" },
    { ".json", "[17]", "entry 1: no \"instance_id\"" },
    { ".json", "{\"s1\":", "" },
};

static void test_open_names_what_is_wrong(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof WRONG / sizeof WRONG[0]; i++) {
        struct scene scene = { .arena = NULL };
        struct err err = ERR_INIT;

        scene_write(&scene, WRONG[i].ending, WRONG[i].text);
        assert_false(scene_open_file(&scene, "predictions", &err));
        assert_int_equal(EXIT_BAD_DATA, err.code);
        assert_non_null(strstr(err.text, scene.path));
        if (strstr(err.text, WRONG[i].words) == NULL)
            fail_msg("\"%s\" lacks \"%s\"", err.text, WRONG[i].words);
        scene_end(&scene);
    }
}

static void test_gold_is_the_task_s_answer(void **state)
{
    struct scene scene = { .arena = NULL };
    struct err err = ERR_INIT;

    (void)state;
    assert_true(scene_open(&scene, NULL, "predictions/gold", &err));
    assert_string_equal("predictions/gold", scene.type->shown(scene.runner));
    assert_int_equal(0, scene.type->covers(scene.runner, "sums", &SCENE_SAMPLES[1], 3, &err));
    assert_string_equal("The answer is 5", scene_reply(&scene, &SCENE_TASK, 1, 1)->text);
    scene_end(&scene);
}

static void test_empty_says_nothing(void **state)
{
    struct scene scene = { .arena = NULL };
    struct err err = ERR_INIT;
    const struct reply *reply;

    (void)state;
    assert_true(scene_open(&scene, NULL, "predictions/empty", &err));
    assert_string_equal("predictions/empty", scene.type->shown(scene.runner));
    reply = scene_reply(&scene, &SCENE_MUTE, 1, 1);
    assert_int_equal(REPLY_OK, reply->status);
    assert_string_equal("", reply->text);
    scene_end(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_submit_reads_every_shape),
        cmocka_unit_test(test_submit_takes_a_number_as_an_id),
        cmocka_unit_test(test_covers_names_the_missing_sample),
        cmocka_unit_test(test_open_names_what_is_wrong),
        cmocka_unit_test(test_gold_is_the_task_s_answer),
        cmocka_unit_test(test_empty_says_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
