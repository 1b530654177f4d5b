#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "harness/base/json.h"
#include "harness/base/json_write.h"
#include "harness/cli/glance.h"

static struct glance_task tasks[] = { { "one", 30, 12, 0.5, 0.25, 0.75 }, { "two", 9, 0, NAN, NAN, NAN } };
static struct glance_wait waits[] = {
    { "one", "s\"1\n", 2, "model", "h:1", "no byte yet", "given up", 61000, 3, 1795262400000, true },
};

static struct glance sample(void)
{
    return (struct glance){
        .pid = 7, .run = "20261121T114851Z-7f3a", .model = "openai/x", .running_ms = 1, .still_ms = 2, .expected = 39,
        .scored = 10, .voided = 2, .truncated = 3, .out_model = 4, .out_env = 5, .out_grade = 6, .calling = 7,
        .retrying = 8, .later = 9, .held = 10, .limit = 11, .retries = 12, .refused = 13, .next_ms = 14,
        .tokens_out = 15, .untold = 21, .tokens_per_s = 16.5, .spent_nanousd = 17, .unsure_nanousd = 18, .cap_nanousd = 19,
        .left_ms = -1, .is_beyond = true, .stopping = "why", .tasks = tasks, .task_count = 2, .waits = waits,
        .wait_count = 1, .wait_total = 20,
    };
}

static void write(const struct glance *glance, struct buf *out)
{
    struct json_write w = json_write_to(out);

    buf_clear(out);
    json_open(&w, NULL, '{');
    glance_write(glance, &w);
    json_close(&w);
}

static int read(const char *text, struct arena *arena, struct glance *out, struct err *err)
{
    struct json_doc *doc = json_parse(text, strlen(text), err);
    int status;

    assert_non_null(doc);
    status = glance_read(json_root(doc), arena, out, err);
    json_free(doc);
    return status;
}

static void test_glance_read_is_the_way_back(void **state)
{
    struct arena *arena = arena_new();
    struct glance glance = sample(), back;
    struct err err = ERR_INIT;
    struct buf one, two;

    (void)state;
    buf_init(&one, 0);
    buf_init(&two, 0);
    write(&glance, &one);
    assert_int_equal(read(one.data, arena, &back, &err), 0);
    write(&back, &two);
    assert_string_equal(one.data, two.data);
    assert_string_equal(back.waits[0].sample, "s\"1\n");
    assert_true(isnan(back.tasks[1].mean));
    assert_int_equal(back.expected, 39);
    assert_int_equal(back.left_ms, -1);
    assert_string_equal(back.stopping, "why");
    buf_fini(&two);
    buf_fini(&one);
    arena_free(arena);
}

/* Each value of a true one is put wrong in its turn. */
static void test_glance_read_refuses_what_is_none(void **state)
{
    static const char *const wrong[] = {
        "[]", "7", "{}", "{\"pid\":\"x\"}",
    };
    static const struct { const char *from, *to, *says; } changed[] = {
        { "\"expected\":39", "\"expected\":-1", "\"expected\"" }, { "\"expected\":39", "\"expected\":1e30", "\"expected\"" },
        { "\"void\":2", "\"novo\":2", "\"void\"" }, { "\"is_beyond\":true", "\"is_beyond\":1", "\"is_beyond\"" },
        { "\"heard\":12", "\"heard\":\"x\"", "tasks: no \"heard\"" }, { "\"run\":\"", "\"run\":[],\"x\":\"", "\"run\"" },
        { "\"epoch\":2", "\"epoch\":-2", "waits: no \"epoch\"" }, { "{\"task\":\"one\"", "7,{\"task\":\"one\"", "waits: " },
    };
    struct arena *arena = arena_new();
    struct glance glance = sample(), back;
    struct buf text, bad;

    (void)state;
    buf_init(&text, 0);
    buf_init(&bad, 0);
    write(&glance, &text);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct err err = ERR_INIT;
        assert_int_equal(read(wrong[i], arena, &back, &err), -1);
    }
    for (size_t i = 0; i < sizeof changed / sizeof changed[0]; i++) {
        struct err err = ERR_INIT;
        const char *at = strstr(text.data, changed[i].from);
        assert_non_null(at);
        buf_clear(&bad);
        buf_addf(&bad, "%.*s%s%s", (int)(at - text.data), text.data, changed[i].to, at + strlen(changed[i].from));
        assert_int_equal(read(bad.data, arena, &back, &err), -1);
        if (strstr(err.text, changed[i].says) == NULL)
            fail_msg("expected %s, found %s", changed[i].says, err.text);
    }
    buf_fini(&bad);
    buf_fini(&text);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_glance_read_is_the_way_back),
        cmocka_unit_test(test_glance_read_refuses_what_is_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
