/*
 * What a person sees, compared byte by byte with the files in screens/, which are there to be looked at. To write them
 * anew after a change: SCREENS_WRITE=1 test_block, then look at the difference.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>

#include "harness/base/buf.h"
#include "harness/base/err.h"
#include "harness/base/file.h"
#include "harness/base/redact.h"
#include "harness/base/text.h"
#include "harness/cli/block.h"
#include "harness/cli/glance.h"

#define SCREENS SOURCE_DIR "/tests/unit/cli/screens/"
#define NOON 1795262400000            /* 2026-11-21 12:00:00 UTC */
#define MIN 60000
#define HOUR 3600000
#define DOLLAR 1000000000

#define RUN "20261121T114851Z-7f3a"

static struct glance_task gpqa[] = { { "gpqa_diamond", 198, 150, 0.4123, 0.3781, 0.4466 } };
static struct glance_task three[] = {
    { "gpqa_diamond", 198, 198, 0.4123, 0.3781, 0.4466 }, { "aime2025", 30, 21, 0.2, 0.0612, 0.4719 },
    { "aime2026", 30, 0, NAN, NAN, NAN },
};
static struct glance_task first_one[] = { { "gpqa_diamond", 198, 1, 1, 0.2065, 1 } };
static struct glance_task mmlu[] = { { "mmlu_pro", 5000, 3127, 0.8315, 0.8179, 0.8442 } };

static struct glance_wait limited[] = {
    { "gpqa_diamond", "rec4Ub3Xh", 2, "model", "api.example.com", "told to come later (429)", "next try", 192000, 5, NOON + 41000, true },
    { "gpqa_diamond", "recA01", 1, "model", "api.example.com", "held: the server bears 4 at once", "", 190000, 2, 0, true },
    { "gpqa_diamond", "recZ77", 1, "model", "api.example.com", "no byte yet", "given up", 61000, 0, NOON + 29 * MIN, true },
    { "gpqa_diamond", "recQ2", 3, "model", "api.example.com", "1,204 bytes so far", "given up", 45000, 0, NOON + 5 * MIN, true },
    { "gpqa_diamond", "recQ3", 3, "model", "api.example.com", "1,204 bytes so far", "given up", 2000, 0, NOON + 5 * MIN, false },
};
static struct glance_wait hanging[] = {
    { "aime2025", "aime25-29", 8, "model", "gpu1:8000", "no byte yet", "given up", 1452000, 0, NOON + 348000, true },
};
static struct glance_wait hostile[] = {
    { "t\x1b[2J", "s\n\xe2\x80\xae" "evil sesame-123", 1, "model", "h\x07", "said \xe6\x97\xa5\xe6\x9c\xac\x9b" "31m", "", 99000, 0, 0, true },
};
static struct glance_wait asked[] = {
    { "aime2025", "aime25-0", 1, "model", "gpu1:8000", "38,112 bytes so far", "given up", 312000, 0, NOON + 5 * MIN, false },
    { "aime2025", "aime25-1", 1, "model", "gpu1:8000", "waits for another try after HTTP 503", "next try", 301000, 2, NOON + 2000, false },
    { "aime2025", "aime25-2", 1, "env", "", "", "", 12000, 0, 0, false },
};

static struct glance calm(void)
{
    return (struct glance){
        .pid = 4242, .run = RUN, .model = "openai/qwen3.5-27b", .running_ms = 9 * MIN, .expected = 1038, .scored = 411,
        .voided = 1, .out_model = 16, .calling = 16, .tokens_out = 2310400, .tokens_per_s = 1204.4, .left_ms = 14 * MIN,
        .tasks = gpqa, .task_count = 1,
    };
}

static struct glance start(void)
{
    return (struct glance){ .run = RUN, .model = "openai/qwen3.5-27b", .running_ms = 2100, .expected = 792,
                            .out_model = 16, .calling = 16, .left_ms = -1, .tasks = gpqa, .task_count = 0 };
}

static struct glance first(void)
{
    struct glance glance = start();

    glance.running_ms = 31000;
    glance.scored = 1;
    glance.tasks = first_one;
    glance.task_count = 1;
    glance.tokens_out = 812;
    return glance;
}

static struct glance tasks(void)
{
    struct glance glance = calm();

    glance.tasks = three;
    glance.task_count = 3;
    glance.out_env = 3;
    glance.out_grade = 20;
    glance.truncated = 12;
    glance.spent_nanousd = (int64_t)1234 * DOLLAR + DOLLAR / 4;
    glance.cap_nanousd = (int64_t)5000 * DOLLAR;
    return glance;
}

static struct glance rate_limited(void)
{
    struct glance glance = calm();

    glance.model = "openai/gpt-5.5";
    glance.calling = 4;
    glance.retrying = 7;
    glance.later = 6;
    glance.held = 5;
    glance.limit = 4;
    glance.next_ms = NOON + 5000;
    glance.retries = 88;
    glance.refused = 71;
    glance.left_ms = 3 * HOUR + 12 * MIN;
    glance.waits = limited;
    glance.wait_count = 5;
    glance.wait_total = 16;
    return glance;
}

static struct glance last_one(void)
{
    struct glance glance = calm();

    glance.scored = 1035;
    glance.voided = 2;
    glance.truncated = 31;
    glance.out_model = glance.calling = 1;
    glance.tokens_per_s = 0;
    glance.running_ms = HOUR + 2 * MIN;
    glance.left_ms = 4 * MIN;
    glance.is_beyond = true;
    glance.waits = hanging;
    glance.wait_count = glance.wait_total = 1;
    return glance;
}

static struct glance over_budget(void)
{
    struct glance glance = calm();

    glance.spent_nanousd = (int64_t)49 * DOLLAR + 870000000;
    glance.cap_nanousd = (int64_t)50 * DOLLAR;
    glance.unsure_nanousd = (int64_t)2 * DOLLAR + 100000000;
    glance.out_model = glance.calling = 2;
    glance.left_ms = 95000;
    glance.stopping = "the money is used up: what is left may not pay for another call";
    return glance;
}

static struct glance draining(void)
{
    struct glance glance = calm();

    glance.out_model = glance.calling = 9;
    glance.left_ms = 40000;
    glance.stopping = "stopping: waiting for the calls in flight; interrupt again to drop them";
    return glance;
}

static struct glance large(void)
{
    struct glance glance = calm();

    glance.model = "anthropic/claude-opus-4-6";
    glance.expected = 25000;
    glance.scored = 12031;
    glance.voided = 17;
    glance.truncated = 4;
    glance.out_model = glance.calling = 2000;
    glance.tokens_out = 61200400;
    glance.tokens_per_s = 41877;
    glance.spent_nanousd = (int64_t)812 * DOLLAR;
    glance.running_ms = 26 * HOUR;
    glance.left_ms = 29 * HOUR;
    glance.tasks = mmlu;
    return glance;
}

static struct glance secret(void)
{
    struct glance glance = start();

    glance.model = "openai/m\x1b[31m sesame-123";
    glance.waits = hostile;
    glance.wait_count = glance.wait_total = 1;
    return glance;
}

static struct glance why(void)
{
    struct glance glance = calm();

    glance.waits = asked;
    glance.wait_count = 3;
    glance.wait_total = 16;
    return glance;
}

#define USUAL { .columns = 79, .waits_max = 3 }

static struct glance probing(void)
{
    return (struct glance){ .run = "", .model = "openai/qwen3.5-27b", .running_ms = 45000, .left_ms = -1,
                            .probing = "waiting for the server to load, 40 s of 600 s at most" };
}

static const struct screen {
    const char *file;
    struct glance (*glance)(void);
    struct block_style style;
} SCREENS_KEPT[] = {
    { "01-start.txt", start, USUAL },
    { "02-first.txt", first, USUAL },
    { "03-calm.txt", calm, USUAL },
    { "04-three-tasks.txt", tasks, USUAL },
    { "05-rate-limited.txt", rate_limited, USUAL },
    { "06-last-one.txt", last_one, USUAL },
    { "07-over-budget.txt", over_budget, USUAL },
    { "08-draining.txt", draining, USUAL },
    { "09-large.txt", large, USUAL },
    { "10-narrow.txt", rate_limited, { .columns = 31, .waits_max = 3 } },
    { "11-half.txt", rate_limited, { .columns = 54, .waits_max = 3 } },
    { "12-wide.txt", rate_limited, { .columns = 150, .waits_max = 3 } },
    { "13-ascii.txt", rate_limited, { .columns = 79, .waits_max = 3, .is_ascii = true } },
    { "14-hostile.txt", secret, USUAL },
    { "15-why.txt", why, { .columns = 79, .waits_max = 20, .all_waits = true } },
    { "16-probing.txt", probing, USUAL },
};

static void compare(const char *file, const struct buf *found)
{
    char path[512];
    struct buf kept;
    struct err err = ERR_INIT;

    snprintf(path, sizeof path, "%s%s", SCREENS, file);
    if (getenv("SCREENS_WRITE") != NULL)
        assert_int_equal(file_write(path, found->data, found->length, false, &err), 0);
    buf_init(&kept, 0);
    if (file_read(path, &kept, &err) < 0)
        fail_msg("%s", err.text);
    if (strcmp(kept.data, found->data) != 0)
        fail_msg("%s: expected\n%s--- found\n%s---", file, kept.data, found->data);
    buf_fini(&kept);
}

/* No line wider than the terminal, no control character but the newline. */
static void check_lines(const char *text, size_t columns)
{
    char line[4096];

    for (const char *end; (end = strchr(text, '\n')) != NULL; text = end + 1) {
        snprintf(line, sizeof line, "%.*s", (int)(end - text), text);
        for (const char *c = line; *c != '\0'; c++)
            assert_true((unsigned char)*c >= 0x20 && *c != 0x7f);
        if (text_width(line) > columns)
            fail_msg("wider than %zu: %s", columns, line);
    }
    assert_string_equal(text, "");
}

static void test_block_draw_is_as_kept(void **state)
{
    struct buf out;

    (void)state;
    buf_init(&out, 0);
    for (size_t i = 0; i < sizeof SCREENS_KEPT / sizeof SCREENS_KEPT[0]; i++) {
        const struct screen *screen = &SCREENS_KEPT[i];
        struct glance glance = screen->glance();
        buf_clear(&out);
        block_draw(&glance, &screen->style, &out);
        check_lines(out.data, screen->style.columns);
        compare(screen->file, &out);
        assert_null(strstr(out.data, "sesame"));
    }
    buf_fini(&out);
}

static void test_block_draw_is_never_wider_than_asked(void **state)
{
    struct buf out;

    (void)state;
    buf_init(&out, 0);
    for (size_t i = 0; i < sizeof SCREENS_KEPT / sizeof SCREENS_KEPT[0]; i++)
        for (size_t columns = 4; columns < 200; columns++) {
            struct glance glance = SCREENS_KEPT[i].glance();
            struct block_style style = { .columns = columns, .waits_max = 5, .is_ascii = columns % 2 == 0 };
            buf_clear(&out);
            block_draw(&glance, &style, &out);
            check_lines(out.data, columns);
            for (size_t k = 0; style.is_ascii && k < out.length; k++)
                assert_true((unsigned char)out.data[k] < 0x80);
        }
    buf_fini(&out);
}

static void test_block_draw_line_says_it_in_one(void **state)
{
    struct buf out;
    static const struct block_style style = { .is_ascii = true };

    (void)state;
    buf_init(&out, 0);
    for (size_t i = 0; i < sizeof SCREENS_KEPT / sizeof SCREENS_KEPT[0]; i++) {
        struct glance glance = SCREENS_KEPT[i].glance();
        block_draw_line(&glance, &style, &out);
        buf_add_char(&out, '\n');
    }
    check_lines(out.data, 1000);
    assert_null(strstr(out.data, "sesame"));
    compare("20-lines.txt", &out);
    buf_fini(&out);
}

/* A sum that leaves out what nobody told is a lower bound. */
static void test_block_draw_says_at_least(void **state)
{
    const struct block_style style = { .columns = 100 };
    struct glance glance = first();
    struct buf out;

    (void)state;
    buf_init(&out, 0);
    glance.untold = 3;
    block_draw(&glance, &style, &out);
    assert_non_null(strstr(out.data, "at least 812 tokens out"));
    buf_clear(&out);
    glance.untold = 0;
    block_draw(&glance, &style, &out);
    assert_null(strstr(out.data, "at least"));
    buf_fini(&out);
}

static void test_block_add_duration_is_short(void **state)
{
    static const struct { int64_t ms; const char *text; } rows[] = {
        { -5, "0 s" }, { 999, "0 s" }, { 99999, "99 s" }, { 100000, "1 min" }, { 99 * MIN, "99 min" },
        { 100 * MIN, "1 h 40 min" }, { (int64_t)47 * HOUR, "47 h" }, { 2 * HOUR + 10 * MIN, "2 h 10 min" }, { (int64_t)76 * HOUR, "3 d 4 h" },
    };
    struct buf out;

    (void)state;
    buf_init(&out, 0);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        buf_clear(&out);
        block_add_duration(&out, rows[i].ms);
        assert_string_equal(out.data, rows[i].text);
    }
    buf_fini(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_block_add_duration_is_short),
        cmocka_unit_test(test_block_draw_is_never_wider_than_asked),
        cmocka_unit_test(test_block_draw_is_as_kept),
        cmocka_unit_test(test_block_draw_says_at_least),
        cmocka_unit_test(test_block_draw_line_says_it_in_one),
    };

    setenv("TZ", "UTC", 1);
    tzset();
    redact_register("TEST_KEY", "sesame-123");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
