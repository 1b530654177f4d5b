#include "tests/unit/runners/scene.h"

#include "runners/sse.h"

/* All events as one text: name, "|", data, "\x1e". */
static void gather(struct sse *sse, struct buf *out)
{
    struct sse_event event;

    while (sse_next(sse, &event)) {
        buf_addf(out, "%s|", event.name);
        buf_add(out, event.data, event.length);
        buf_add_char(out, '\x1e');
    }
}

/* The same whole, cut in two at every place, and byte by byte. */
static void check(const char *text, size_t length, const char *expected)
{
    for (size_t cut = 0; cut <= length + 1; cut++) {
        struct sse sse;
        struct buf out;

        sse_init(&sse, 4096);
        buf_init(&out, 0);
        for (size_t i = 0; cut > length && i < length; i++) {
            sse_add(&sse, text + i, 1);
            gather(&sse, &out);
        }
        if (cut <= length) {
            sse_add(&sse, text, cut);
            gather(&sse, &out);
            sse_add(&sse, text + cut, length - cut);
            gather(&sse, &out);
        }
        assert_string_equal(expected, out.data);
        buf_fini(&out);
        sse_fini(&sse);
    }
}

static void check_text(const char *text, const char *expected)
{
    check(text, strlen(text), expected);
}

static void test_sse_next_gives_data(void **state)
{
    (void)state;
    check_text("data: one\n\ndata:two\n\n", "|one\x1e|two\x1e");
    check_text("data:  one blank is ours\n\n", "| one blank is ours\x1e");
}

static void test_sse_next_takes_every_line_end(void **state)
{
    (void)state;
    check_text("data: one\r\n\r\ndata: two\r\n\r\n", "|one\x1e|two\x1e");
    check_text("data: one\r\rdata: two\r\r", "|one\x1e|two\x1e");
    check_text("data: one\n\r\ndata: two\r\n\n", "|one\x1e|two\x1e");
}

static void test_sse_next_joins_data_lines(void **state)
{
    (void)state;
    check_text("data: one\ndata: two\n\n", "|one\ntwo\x1e");
    check_text("data\ndata: two\n\n", "|\ntwo\x1e");
}

static void test_sse_next_skips_comments_and_the_unknown(void **state)
{
    (void)state;
    check_text(": ping\n\n:\n\nid: 7\nretry: 10\nfoo\n\ndata: x\n\n", "|x\x1e");
    check_text("\xef\xbb\xbf" "data: marked\n\n", "|marked\x1e");
}

static void test_sse_next_names_events(void **state)
{
    (void)state;
    check_text("event: ping\ndata: {}\n\ndata: x\n\n", "ping|{}\x1e|x\x1e");
    check_text("event: lost\n\ndata: x\n\n", "|x\x1e");
    check_text("error: {\"code\":500}\n\n", "error|{\"code\":500}\x1e");
}

static void test_sse_next_gives_nothing_unfinished(void **state)
{
    (void)state;
    check_text("data: one\n\ndata: tw", "|one\x1e");
    check_text("data: one\n\ndata: two\n", "|one\x1e");
    check_text("", "");
}

static void test_sse_next_keeps_characters_whole(void **state)
{
    (void)state;
    check_text("data: \xf0\x9f\x90\x98 \xc3\xa9\n\n", "|\xf0\x9f\x90\x98 \xc3\xa9\x1e");
}

static void test_sse_next_bounds_an_event_s_name(void **state)
{
    (void)state;
    check_text("event: 0123456789012345678901234567890123456789\ndata: x\n\n", "0123456789012345678901234567890|x\x1e");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sse_next_gives_data),
        cmocka_unit_test(test_sse_next_takes_every_line_end),
        cmocka_unit_test(test_sse_next_joins_data_lines),
        cmocka_unit_test(test_sse_next_skips_comments_and_the_unknown),
        cmocka_unit_test(test_sse_next_names_events),
        cmocka_unit_test(test_sse_next_gives_nothing_unfinished),
        cmocka_unit_test(test_sse_next_keeps_characters_whole),
        cmocka_unit_test(test_sse_next_bounds_an_event_s_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
