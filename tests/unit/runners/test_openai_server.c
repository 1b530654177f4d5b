/*
 * What servers say of themselves, and that what they do not say, or say wrongly, stays unknown.
 */
#include "tests/unit/runners/scene.h"

#include "harness/base/json.h"
#include "runners/openai_server.h"

struct page { struct arena *arena; struct json_doc *doc; struct openai_server server; };

static const struct json *begin(struct page *page, const char *text)
{
    struct err err = ERR_INIT;

    *page = (struct page){ .arena = arena_new(), .server = openai_server_begin() };
    page->doc = json_parse(text, strlen(text), &err);
    assert_non_null(page->doc);
    return json_root(page->doc);
}

static void end(struct page *page)
{
    json_free(page->doc);
    arena_free(page->arena);
}

static const struct { const char *text; bool lists; size_t ids; bool serves; int64_t context; } MODELS[] = {
    { "{\"data\":[{\"id\":\"q\",\"max_model_len\":4096}]}", true, 1, true, 4096 },
    { "{\"data\":[{\"id\":\"z\",\"max_model_len\":9},{\"id\":\"q\",\"meta\":{\"n_ctx\":2048}}]}", true, 2, true, 2048 },
    { "{\"data\":[{\"id\":\"file.gguf\",\"aliases\":[\"q\",\"r\"],\"meta\":{\"n_ctx\":7}}]}", true, 3, true, 7 },
    { "{\"data\":[{\"id\":\"q:latest\"}]}", true, 1, true, -1 },
    { "{\"data\":[{\"id\":\"q2\",\"max_model_len\":4096},{\"id\":\"q-9\"}]}", true, 2, false, -1 },
    { "{\"data\":[{\"id\":\"q\",\"max_model_len\":-4},{\"id\":7},{},\"q\",null]}", true, 1, true, -1 },
    { "{\"data\":[]}", true, 0, false, -1 },
    { "{\"data\":{\"id\":\"q\"}}", false, 0, false, -1 },
    { "{\"models\":[]}", false, 0, false, -1 },
    { "[]", false, 0, false, -1 },
};

static void test_read_models_knows_names_and_context(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof MODELS / sizeof MODELS[0]; i++) {
        struct page page;
        const struct json *root = begin(&page, MODELS[i].text);

        openai_server_read_models(&page.server, root, "q", page.arena);
        assert_int_equal(MODELS[i].lists, page.server.lists);
        assert_int_equal(MODELS[i].ids, page.server.id_count);
        assert_null(page.server.ids[page.server.id_count]);
        assert_int_equal(MODELS[i].serves, openai_server_serves(&page.server, "q"));
        assert_int_equal(MODELS[i].context, page.server.context);
        end(&page);
    }
}

static void test_read_props_keeps_what_is_known(void **state)
{
    struct page page;
    const struct json *root = begin(&page, "{\"total_slots\":\"2\",\"modalities\":{\"vision\":true}}");

    (void)state;
    page.server.context = 5;
    openai_server_read_props(&page.server, root);
    assert_int_equal(5, page.server.context);
    assert_int_equal(SERVER_UNKNOWN, page.server.slots);
    assert_false(page.server.is_blind);
    end(&page);
}

static const struct { const char *text; int64_t context; } LOADED[] = {
    { "{\"models\":[{\"name\":\"q:latest\",\"model\":\"q:latest\",\"context_length\":4096}]}", 4096 },
    { "{\"models\":[{\"name\":\"z\",\"context_length\":9},{\"name\":\"q\",\"context_length\":8}]}", 8 },
    { "{\"models\":[{\"name\":\"q\"}]}", -1 },
    { "{\"models\":[{\"name\":\"other\",\"context_length\":4096}]}", -1 },
    { "{\"models\":[{\"name\":\"q\",\"context_length\":0}]}", -1 },
    { "{}", -1 },
};

static void test_read_loaded_finds_the_models_own_context(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof LOADED / sizeof LOADED[0]; i++) {
        struct page page;
        const struct json *root = begin(&page, LOADED[i].text);

        assert_int_equal(LOADED[i].context >= 0, openai_server_read_loaded(&page.server, root, "q"));
        assert_int_equal(LOADED[i].context, page.server.context);
        end(&page);
    }
}

static const struct { const char *text; int64_t context; } SHOWN[] = {
    { "{\"parameters\":\"stop x\\nnum_ctx      98304\\ntop_k 20\"}", 98304 },
    { "{\"parameters\":\"num_ctx\"}", -1 }, { "{\"parameters\":\"num_ctx x\"}", -1 },
    { "{\"parameters\":\"num_ctx -4\"}", -1 }, { "{\"parameters\":7}", -1 }, { "{}", -1 },
};

static void test_read_shown_finds_num_ctx(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof SHOWN / sizeof SHOWN[0]; i++) {
        struct page page;
        const struct json *root = begin(&page, SHOWN[i].text);

        assert_int_equal(SHOWN[i].context >= 0, openai_server_read_shown(&page.server, root));
        assert_int_equal(SHOWN[i].context, page.server.context);
        end(&page);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_read_models_knows_names_and_context),
        cmocka_unit_test(test_read_props_keeps_what_is_known),
        cmocka_unit_test(test_read_loaded_finds_the_models_own_context),
        cmocka_unit_test(test_read_shown_finds_num_ctx),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
