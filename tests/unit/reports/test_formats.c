#include "reports/reports.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "harness/base/buf.h"
#include "harness/base/text.h"
#include "reports/scoreboard.h"
#include "results/journal.h"
#include "tests/unit/reports/schema.h"

static struct score_at aime_at[] = {
    { .k = 1, .samples = 30, .avg = 0.9375, .pass = 0.9375, .pass_hat = 0.9375, .maj = 0.9375 },
    { .k = 8, .samples = 30, .avg = 0.9375, .pass = 1, .pass_hat = 0.8, .maj = 0.97083333 },
};
static struct score_part aime_categories[] = {
    { .name = "I", .samples = 15, .mean = 1, .se = 0.01, .interval = { "normal", 0.98, 1 } },
    { .name = "II", .samples = 0, .mean = NAN, .se = NAN },
};
static struct score_at gpqa_at[] = {
    { .k = 4, .samples = 190, .left_out = 8, .avg = 0.71, .pass = NAN, .pass_hat = NAN, .maj = 0.731 },
};

static struct score_line aime_line(void)
{
    return (struct score_line){
        .run = "20261121T194851Z-7f3a", .model = "openai/ft7", .task = "aime2025", .profile = "qwen", .chance = 0,
        .samples = 30, .epochs = 8, .expected = 240, .scored = 240, .no_answer = 3,
        .mean = 0.9375, .se_questions = 0.03323, .se_epochs = 0.01118,
        .interval = { "normal", 0.8723, 1 },
        .at = aime_at, .at_count = 2, .categories = aime_categories, .category_count = 2,
        .outermost = { NULL, 2, NAN, NAN, { NULL, NAN, NAN } },
        .tokens_in = 61234, .tokens_out = 1204233, .tokens_reasoning = 900100, .tokens_cache = TOKENS_UNKNOWN,
        .correct = 225, .cost_nanousd = 3210000000, .cost_is_known = true,
    };
}

static struct score_line gpqa_line(void)
{
    return (struct score_line){
        .run = "20261121T194851Z-7f3a", .model = "openai/ft7", .task = "gpqa_diamond", .profile = "simple_evals",
        .chance = 0.25, .is_private = true, .samples = 198, .epochs = 4, .expected = 792, .scored = 779, .voids = 12,
        .voids_harness = 2, .voids_provider = 10, .unfinished = 1, .truncated = 5, .refused = 1, .loop = 2,
        .tampered = 1, .unparsable = 6, .undecided = 3,
        .mean = 0.712, .se_questions = 0.0286, .se_epochs = 0.0097, .interval = { "normal", 0.656, 0.768 },
        .at = gpqa_at, .at_count = 1,
        .tokens_in = 1000, .tokens_out = 999, .tokens_reasoning = TOKENS_UNKNOWN, .tokens_cache = TOKENS_UNKNOWN,
        .cost_nanousd = COST_UNKNOWN,
    };
}

/* Not begun, with nothing told by a plan. */
static struct score_line empty_line(void)
{
    return (struct score_line){
        .run = "20261121T194851Z-7f3a", .model = "openai/ft7", .task = "demo", .chance = NAN,
        .expected = COUNT_UNKNOWN, .mean = NAN, .se_questions = NAN, .se_epochs = NAN, .interval = { NULL, NAN, NAN },
        .tokens_in = TOKENS_UNKNOWN, .tokens_out = TOKENS_UNKNOWN, .tokens_reasoning = TOKENS_UNKNOWN,
        .tokens_cache = TOKENS_UNKNOWN, .cost_nanousd = COST_UNKNOWN,
    };
}

static void write_report(const char *format, struct score_line *lines, size_t count, struct buf *out)
{
    const struct scoreboard board = { .lines = lines, .line_count = count };
    const struct report *report = reports_find(format);

    assert_non_null(report);
    buf_init(out, 0);
    report->write(&board, out);
    assert_true(text_is_utf8(out->data, out->length));
}

static void assert_report(const char *format, struct score_line *lines, size_t count, const char *expected)
{
    struct buf out;

    write_report(format, lines, count, &out);
    assert_string_equal(out.data, expected);
    buf_fini(&out);
}

static void assert_has(const char *text, const char *part)
{
    if (strstr(text, part) == NULL)
        fail_msg("no \"%s\" in:\n%s", part, text);
}

static void assert_width(const char *text, size_t width_max)
{
    struct buf line;

    buf_init(&line, 0);
    while (*text != '\0') {
        size_t length = strcspn(text, "\n");
        buf_clear(&line);
        buf_add(&line, text, length);
        if (text_width(line.data) > width_max)
            fail_msg("wider than %zu: %s", width_max, line.data);
        text += text[length] == '\n' ? length + 1 : length;
    }
    buf_fini(&line);
}

static void test_reports_find_knows_each_format(void **state)
{
    (void)state;
    assert_ptr_equal(reports_find("md"), &report_markdown);
    assert_ptr_equal(reports_find("csv"), &report_csv);
    assert_ptr_equal(reports_find("json"), &report_json);
    assert_null(reports_find("xml"));
    for (const struct report *const *report = reports; *report != NULL; report++)
        assert_ptr_equal(reports_find((*report)->name), *report);
}

static void test_report_markdown_fits_a_terminal(void **state)
{
    struct score_line lines[] = { aime_line(), gpqa_line(), empty_line() };
    struct buf out;

    (void)state;
    write_report("md", lines, 3, &out);
    assert_width(out.data, 80);
    assert_string_equal(out.data,
        "Model openai/ft7, run 20261121T194851Z-7f3a\n"
        "\n"
        "| task         | score |    se | 95 % interval |    n |   episodes | chance |\n"
        "| ------------ | ----: | ----: | ------------: | ---: | ---------: | -----: |\n"
        "| aime2025     |  93.8 | ± 3.3 | [87.2, 100.0] | 30×8 | 240 of 240 |    0.0 |\n"
        "| gpqa_diamond |  71.2 | ± 2.9 |  [65.6, 76.8] |  198 | 779 of 792 |   25.0 |\n"
        "| demo         |     – |     – |             – |    0 |          0 |      – |\n"
        "\n"
        "| task         | epochs | over epochs | pass@k | pass^k | maj@k |\n"
        "| ------------ | -----: | ----------: | -----: | -----: | ----: |\n"
        "| aime2025     |      8 |       ± 1.1 |  100.0 |   80.0 |  97.1 |\n"
        "| gpqa_diamond |      4 |       ± 1.0 |      – |      – |  73.1 |\n"
        "\n"
        "| task         |  cost | per episode | per correct answer |\n"
        "| ------------ | ----: | ----------: | -----------------: |\n"
        "| aime2025     | $3.21 |     $0.0134 |            $0.0143 |\n"
        "| gpqa_diamond |     – |           – |                  – |\n"
        "| demo         |     – |           – |                  – |\n"
        "\n"
        "In percent. ± is one standard error, [ ] the 95 % interval, both over questions.\n"
        "Over epochs is the error if these questions were asked again; k is the epochs.\n"
        "\n"
        "- aime2025: 3 without an answer, of 240 scored\n"
        "- gpqa_diamond: 12 of 792 void, not counted (2 harness, 10 provider); 1 of 792\n"
        "  unfinished\n"
        "- gpqa_diamond: 5 truncated, 1 refused, 2 in a loop, 1 tampered, 6 unparsable\n"
        "  for their own server, of 779 scored\n"
        "- gpqa_diamond: 3 of 779 scored are undecided, which scores 0\n"
        "- gpqa_diamond: 8 of 198 questions have fewer than 4 scored epochs and are left\n"
        "  out of @k\n"
        "- used: 62,234 tokens in, 1,205,232 out (900,100 of them reasoning); at least\n"
        "  $3.21\n");
    buf_fini(&out);
}

/* What some calls cost, nobody knows: the sums are bounds, and are said to be. */
static void test_report_markdown_says_what_is_known_of_the_cost(void **state)
{
    struct score_line lines[] = { aime_line(), aime_line() };
    struct buf out;

    (void)state;
    lines[0].cost_is_known = false;
    lines[0].unsure_nanousd = 40000000;
    lines[0].untold_nanousd = lines[1].untold_nanousd = 250000000;
    lines[1].task = "other";
    write_report("md", lines, 2, &out);
    assert_width(out.data, 80);
    assert_has(out.data, "| aime2025 | ≥ $3.21 |   ≥ $0.0134 |          ≥ $0.0143 |\n");
    assert_has(out.data, "| other    |   $3.21 |     $0.0134 |            $0.0143 |\n");
    assert_has(out.data, "\n≥ is at least: what some calls cost, nobody knows.\n");
    assert_has(out.data, "at least\n  $6.42, at most $6.71\n");
    buf_fini(&out);
    lines[0].unsure_nanousd = COST_UNKNOWN;
    write_report("md", lines, 2, &out);
    assert_has(out.data, "at least\n  $6.42\n");
    buf_fini(&out);
}

/* The judge's part: known, a bound, and told by nobody, as while nothing is finished. */
static void test_report_says_what_is_known_of_the_judge_s_cost(void **state)
{
    struct score_line line = aime_line();
    struct buf out;

    (void)state;
    line.is_judged = true;
    line.judge = (struct role_cost){ 1210000000, true };
    write_report("md", &line, 1, &out);
    assert_has(out.data, "$3.21, of\n  it $1.21 for the judge\n");
    buf_fini(&out);
    line.judge.is_known = line.cost_is_known = false;
    write_report("md", &line, 1, &out);
    assert_has(out.data, "at least\n  $3.21, of it at least $1.21 for the judge\n");
    buf_fini(&out);
    line.judge.nanousd = line.cost_nanousd = line.unsure_nanousd = COST_UNKNOWN;
    line.scored = line.voids = 0;
    write_report("md", &line, 1, &out);
    assert_has(out.data, "of them reasoning); what the\n  judge cost is not known\n");
    assert_null(strstr(out.data, "$"));
    buf_fini(&out);
    write_report("json", &line, 1, &out);
    assert_has(out.data, "\"settings\":{},\"cost_usd\":null,\"cost_is_known\":false,\"cost_at_most_usd\":null,");
    assert_has(out.data, "\"judge_cost_usd\":null,\"judge_cost_is_known\":false}");
    buf_fini(&out);
}

/* What nobody told is no 0. */
static void test_report_markdown_says_what_is_known_of_the_tokens(void **state)
{
    struct score_line lines[] = { aime_line(), aime_line() };
    struct buf out;

    (void)state;
    lines[0].untold = (struct score_untold){ .out = 2, .reasoning = 3, .cache = 4 };
    lines[1].untold = (struct score_untold){ .in = 1, .out = 1 };
    lines[1].run = "20261122T101500Z-01bc";
    lines[1].model = "openai/other";
    lines[1].tokens_in = lines[1].tokens_reasoning = TOKENS_UNKNOWN;
    write_report("md", lines, 2, &out);
    assert_has(out.data, "- used by openai/ft7: 61,234 tokens in, at least 1,204,233 out (at least 900,100\n"
                         "  of them reasoning), as of 2 episodes it is not known; $3.21\n");
    assert_has(out.data, "- used by openai/other: nobody told how many tokens in, at least 1,204,233 out,\n"
                         "  as of 1 episode it is not known; $3.21\n");
    buf_fini(&out);
    write_report("json", lines, 1, &out);
    assert_has(out.data, "\"episodes_without_tokens\":{\"in\":0,\"out\":2,\"reasoning\":3,\"cache\":4}");
    buf_fini(&out);
    write_report("csv", lines, 1, &out);
    assert_has(out.data, ",,,,0,2,3,4,0,,,,,,\r\n");
    buf_fini(&out);
}

/* Some of what was planned is there: that is said, and what nobody can know yet is a dash. */
static void test_report_markdown_says_what_is_there(void **state)
{
    struct score_line lines[] = { gpqa_line(), gpqa_line() };
    struct buf out;

    (void)state;
    lines[0].scored = 198 * 2 + 20;
    lines[0].unfinished = 364;
    lines[0].se_epochs = NAN;
    lines[1].task = "other";
    lines[1].samples = 61;
    lines[1].scored = 70;
    write_report("md", lines, 2, &out);
    assert_has(out.data, "|       198 | 416 of 792 |");
    assert_has(out.data, "| 61 of 198 |  70 of 792 |");
    assert_has(out.data, "| gpqa_diamond |      4 |           – |");
    buf_fini(&out);
}

/* A plan's names, and the settings in which the runs of one model differ. */
static void test_report_markdown_tells_runs_of_one_model_by_their_settings(void **state)
{
    struct run_setting cold[] = { { "temperature", "0.1" }, { "dialect", "vllm" } };
    struct run_setting hot[] = { { "temperature", "1" }, { "dialect", "vllm" }, { "thinking", "on" } };
    struct score_line lines[] = { aime_line(), aime_line(), aime_line() };
    struct buf out;

    (void)state;
    lines[0].settings = (struct run_settings){ "nightly", "cold", cold, 2 };
    lines[1].settings = (struct run_settings){ "nightly", "hot", hot, 3 };
    lines[1].run = "b";
    lines[2].run = "c";
    lines[2].model = "openai/other";
    write_report("md", lines, 3, &out);
    assert_has(out.data, "- run b: openai/ft7 (hot), plan nightly\n- run c: openai/other\n");
    assert_has(out.data, "| aime2025 | openai/ft7 (cold) | temperature=0.1            |  93.8 |");
    assert_has(out.data, "| aime2025 | openai/ft7 (hot)  | temperature=1, thinking=on |  93.8 |");
    assert_has(out.data, "| aime2025 | openai/other      | –                          |  93.8 |");
    assert_has(out.data, "- used by openai/ft7 (hot), temperature=1, thinking=on: ");
    buf_fini(&out);
    lines[1].settings = lines[0].settings;
    write_report("md", lines, 2, &out);
    assert_has(out.data, "| openai/ft7 (cold) | b                     |");
    buf_fini(&out);
    write_report("json", lines, 1, &out);
    assert_has(out.data, "\"plan_name\":\"nightly\",\"model_name\":\"cold\","
                         "\"settings\":{\"temperature\":\"0.1\",\"dialect\":\"vllm\"}");
    buf_fini(&out);
    write_report("csv", lines, 1, &out);
    assert_has(out.data, ",nightly,cold,\"temperature=0.1, dialect=vllm\",");
    buf_fini(&out);
}

static void test_report_markdown_is_short_when_there_is_little_to_tell(void **state)
{
    struct score_line line = empty_line();

    (void)state;
    line.samples = line.scored = 20;
    line.epochs = 1;
    line.mean = 0.7;
    line.se_questions = 0.105131;
    line.interval = (struct interval){ "wilson", 0.4810, 0.8545 };
    assert_report("md", &line, 1,
        "Model openai/ft7, run 20261121T194851Z-7f3a\n"
        "\n"
        "| task | score |     se | 95 % interval |  n |\n"
        "| ---- | ----: | -----: | ------------: | -: |\n"
        "| demo |  70.0 | ± 10.5 |  [48.1, 85.5] | 20 |\n"
        "\n"
        "In percent. ± is one standard error, [ ] the 95 % interval, both over questions.\n");
}

static void test_report_markdown_puts_runs_side_by_side(void **state)
{
    struct score_line lines[] = { aime_line(), gpqa_line(), aime_line(), gpqa_line() };
    struct buf out;

    (void)state;
    lines[0].task = lines[2].task = "swebench_verified";
    for (int i = 2; i < 4; i++) {
        lines[i].run = "20261122T101500Z-01bc";
        lines[i].model = "anthropic/claude-opus-4-6";
    }
    lines[2].mean = 0.5;
    write_report("md", lines, 4, &out);
    assert_width(out.data, 110);
    assert_has(out.data, "- run 20261121T194851Z-7f3a: openai/ft7\n"
                         "- run 20261122T101500Z-01bc: anthropic/claude-opus-4-6\n\n");
    assert_has(out.data, "| swebench_verified | openai/ft7                |  93.8 |");
    assert_has(out.data, " |\n| swebench_verified | anthropic/claude-opus-4-6 |  50.0 |");
    assert_has(out.data, "\n- gpqa_diamond, openai/ft7: 12 of 792 void");
    assert_has(out.data, "\n- used by openai/ft7: 62,234 tokens in");
    buf_fini(&out);
}

static void test_report_markdown_tells_runs_of_one_model_by_their_ids(void **state)
{
    struct score_line lines[] = { gpqa_line(), gpqa_line() };
    struct buf out;

    (void)state;
    lines[0].task = lines[1].task = "swebench_verified";
    lines[1].run = "20261122T101500Z-01bc";
    write_report("md", lines, 2, &out);
    assert_width(out.data, 120);
    assert_has(out.data, "| task              | model      | run                   | score |");
    assert_has(out.data, "| swebench_verified | openai/ft7 | 20261122T101500Z-01bc |  71.2 |");
    buf_fini(&out);
}

static void test_report_markdown_puts_the_better_first_and_tells_profiles(void **state)
{
    struct score_line lines[] = { gpqa_line(), gpqa_line(), gpqa_line() };
    struct buf out;

    (void)state;
    lines[1].model = "openai/better";
    lines[1].run = "b";
    lines[1].mean = 0.9;
    lines[1].profile = "inspect";
    lines[2].model = "openai/unknown";
    lines[2].run = "c";
    lines[2].mean = NAN;
    write_report("md", lines, 3, &out);
    assert_has(out.data, "| profile ");
    assert_has(out.data, "| inspect ");
    assert_true(strstr(out.data, "| openai/better ") < strstr(out.data, "| openai/ft7 "));
    assert_true(strstr(out.data, "| openai/ft7 ") < strstr(out.data, "| openai/unknown "));
    buf_fini(&out);
}

/* A rule of ":" alone is none in Markdown, and the whole table would be text. */
static void test_report_markdown_rules_are_wide_enough(void **state)
{
    struct score_line line = empty_line();
    struct buf out;

    (void)state;
    write_report("md", &line, 1, &out);
    assert_null(strstr(out.data, "| : |"));
    buf_fini(&out);
}

static void test_report_markdown_lets_no_name_break_out(void **state)
{
    static const char *const shown[][2] = {
        { "a|b", "| a\\|b |" },
        { "a\\|b", "| a\\\\\\|b |" },
        { "two\nlines", "| two\\nlines |" },
        { "\x1b[31mred", "| \\x1b\\[31mred |" },
        { "left\u202eright", "| left\\u202eright |" },
        { "<img src=x onerror=y>", "| \\<img src=x onerror=y\\> |" },
        { "![x](http://e/)", "| \\!\\[x\\](http://e/) |" },
        { "`code` *b* &amp;", "| \\`code\\` \\*b\\* \\&amp; |" },
        { "# title", "| \\# title |" },
        { "=cmd", "| \\=cmd |" },
        { "not \xff utf8", "| not \\xff utf8 |" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof shown / sizeof shown[0]; i++) {
        struct score_line line = empty_line();
        struct buf out;
        line.task = line.model = shown[i][0];
        write_report("md", &line, 1, &out);
        assert_has(out.data, shown[i][1]);
        assert_null(strchr(out.data, '\x1b'));
        buf_fini(&out);
    }
}

static void test_report_markdown_aligns_wide_and_cuts_long_names(void **state)
{
    struct score_line lines[] = { empty_line(), empty_line() };
    char name[301];
    struct buf out;

    (void)state;
    memset(name, 'x', 300);
    name[300] = '\0';
    lines[0].task = name;
    lines[1].task = "数学";
    write_report("md", lines, 2, &out);
    assert_width(out.data, 80);
    assert_has(out.data, "xxx...xxx");
    assert_has(out.data, "\n| 数学                                     |");
    buf_fini(&out);
}

static void write_within(struct score_line *lines, size_t count, size_t width, struct buf *out)
{
    const struct scoreboard board = { .lines = lines, .line_count = count, .width = width };

    buf_init(out, 0);
    report_markdown.write(&board, out);
}

/* On a narrow terminal runs are numbered and columns follow in a further table; all that a page says is there. */
static void test_report_markdown_fits_a_terminal_with_many_runs(void **state)
{
    struct score_line lines[] = { aime_line(), gpqa_line(), aime_line(), gpqa_line() };
    struct buf out;

    (void)state;
    lines[2].run = lines[3].run = "20261122T101500Z-01bc";
    lines[2].model = lines[3].model = "openai/a-model-with-a-long-name-of-its-own";
    write_within(lines, 4, 80, &out);
    assert_width(out.data, 80);
    assert_has(out.data, "\n| gpqa_diamond |   2 |   25.0 |\n");
    assert_has(out.data, "- 1: run 20261121T194851Z-7f3a: openai/ft7\n"
                         "- 2: run 20261122T101500Z-01bc: openai/a-model-with-a-long-name-of-its-own\n");
    assert_has(out.data, "\n| task         | run | score |    se | 95 % interval |    n |   episodes |\n");
    buf_fini(&out);
    write_within(lines, 4, 200, &out);
    assert_has(out.data, "| task         | model                                    |");
    buf_fini(&out);
    write_report("md", lines, 4, &out);
    assert_has(out.data, "| task         | model                                    |");
    assert_has(out.data, "| chance |\n");
    buf_fini(&out);
}

/* Two runs of one task that were not asked the same questions stand in one table, and it says so. */
static void test_report_says_which_runs_were_asked_otherwise(void **state)
{
    struct score_line lines[] = { aime_line(), aime_line(), aime_line() };
    struct buf out;

    (void)state;
    lines[1].run = "20261122T101500Z-01bc";
    lines[1].model = "openai/other";
    lines[2].run = "20261122T101500Z-01bd";
    lines[2].model = "openai/third";
    lines[0].asked = lines[1].asked = (struct asked){ "qwen", "d1", "s1", "q1" };
    lines[2].asked = (struct asked){ "qwen", "d2", "s2", "q2" };
    write_report("md", lines, 3, &out);
    assert_has(out.data, "\n- aime2025: the data differ: openai/ft7, openai/other / openai/third\n"
                         "- scores on the two sides of a / are not of the same exam\n");
    buf_fini(&out);
    write_report("json", lines, 3, &out);
    assert_has(out.data, "\"mismatches\":[{\"task\":\"aime2025\",\"differ_in\":\"data\",\"groups\":"
                         "[[\"20261121T194851Z-7f3a\",\"20261122T101500Z-01bc\"],[\"20261122T101500Z-01bd\"]]}]");
    assert_fits_schema(SOURCE_DIR "/reports/report_schema.json", &out);
    buf_fini(&out);
}

static void test_report_markdown_says_how_clusters_count(void **state)
{
    struct score_line lines[] = { empty_line(), empty_line() };
    struct buf out;

    (void)state;
    lines[0].clusters = 3;
    lines[1].clusters = 12;
    lines[1].se_questions = 0.01;
    write_report("md", lines, 2, &out);
    assert_has(out.data, "- demo: too few clusters (3) to tell an error\n");
    assert_has(out.data, "- demo: se and interval are those of 12 clusters\n");
    buf_fini(&out);
}

static void test_report_markdown_of_nothing_says_so(void **state)
{
    (void)state;
    assert_report("md", NULL, 0, "No task has been run yet.\n");
}

#define CSV_HEADER \
    "run,model,task,profile,private,samples,epochs,expected,scored,void,void_harness,void_provider,void_environment," \
    "unfinished,truncated,no_answer,refused,loop,tampered,mean,se_over_questions,se_over_epochs,clusters," \
    "interval_method,lower,upper,chance,samples_at_k,pass_at_k,pass_hat_k,maj_at_k,tokens_in,tokens_out," \
    "tokens_reasoning,tokens_cache,cost_usd,cost_is_known,cost_at_most_usd,cost_per_episode_usd,cost_per_correct_usd," \
    "run_cost_usd,run_cost_is_known,undecided,plan_name,model_name,settings,no_tokens_in,no_tokens_out," \
    "no_tokens_reasoning,no_tokens_cache,unparsable,language_asked,language_known,language_share," \
    "data_sha256,samples_sha256,prompts_sha256\r\n"

static void test_report_csv_has_one_record_a_line(void **state)
{
    struct score_line lines[] = { aime_line(), gpqa_line(), empty_line() };

    (void)state;
    lines[1].languages = (struct score_languages){ .asked = 792, .same = 390, .untold = 12 };
    lines[0].asked = (struct asked){ "qwen", "d1", "s1", "q1" };
    assert_report("csv", lines, 3,
        CSV_HEADER
        "20261121T194851Z-7f3a,openai/ft7,aime2025,qwen,false,30,8,240,240,0,0,0,0,0,0,3,0,0,0,0.9375,0.03323,0.01118,"
        "0,normal,0.8723,1,0,30,1,0.8,0.970833,61234,1204233,900100,,3.21,true,"
        "3.21,0.013375,0.0142667,3.21,false,0,,,,0,0,0,0,0,,,,d1,s1,q1\r\n"
        "20261121T194851Z-7f3a,openai/ft7,gpqa_diamond,simple_evals,true,198,4,792,779,12,2,10,0,1,5,0,1,2,1,0.712,"
        "0.0286,0.0097,0,normal,0.656,0.768,0.25,190,,,0.731,1000,999,,,,false,,,,3.21,false,3,,,,0,0,0,0,6,792,780,0.5,,,\r\n"
        "20261121T194851Z-7f3a,openai/ft7,demo,,false,0,0,,0,0,0,0,0,0,0,0,0,0,0,,,,0,,,,,0,,,,,,,,,false,,,,3.21,false"
        ",0,,,,0,0,0,0,0,,,,,,\r\n");
}

static void test_report_csv_lets_no_name_be_a_formula(void **state)
{
    static const char *const shown[][2] = {
        { "=cmd|' /C calc'!A0", ",'=cmd|' /C calc'!A0,false" },
        { "+1", ",'+1,false" },
        { "-1", ",'-1,false" },
        { "@sum", ",'@sum,false" },
        { "\tx", ",'\\tx,false" },
        { "\rx", ",'\\x0dx,false" },
        { "say \"a,b\"", ",\"say \"\"a,b\"\"\",false" },
        { "=\"a\"", ",\"'=\"\"a\"\"\",false" },
        { "a\r\nb", ",a\\x0d\\nb,false" },
        { "\x1b]52;c;x\a", ",\\x1b]52;c;x\\x07,false" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof shown / sizeof shown[0]; i++) {
        struct score_line line = empty_line();
        struct buf out;
        line.profile = shown[i][0];
        write_report("csv", &line, 1, &out);
        assert_has(out.data, shown[i][1]);
        buf_fini(&out);
    }
}

static void check_json(struct score_line *lines, size_t count, enum score_by by)
{
    const struct scoreboard board = { .lines = lines, .line_count = count, .by = by };
    struct buf out;

    buf_init(&out, 0);
    report_json.write_parts(&board, &out);
    assert_fits_schema(SOURCE_DIR "/reports/report_schema.json", &out);
    buf_fini(&out);
}

static void test_report_json_is_as_its_schema_says(void **state)
{
    struct score_line lines[] = { aime_line(), gpqa_line(), empty_line() };

    (void)state;
    lines[0].by_cluster = aime_categories;
    lines[0].by_cluster_count = 2;
    lines[0].forms = aime_categories;
    lines[0].form_count = 2;
    check_json(lines, 3, SCORE_BY_NOTHING);
    check_json(lines, 3, SCORE_BY_CLUSTER);
    check_json(NULL, 0, SCORE_BY_NOTHING);
}

static void test_report_json_is_one_object_on_one_line(void **state)
{
    struct score_line line = aime_line();
    struct buf out;

    (void)state;
    assert_report("json", NULL, 0, "{\"kind\":\"scores\",\"version\":1,\"lines\":[],\"runs\":[],\"mismatches\":[]}\n");
    line.model = "two\nlines \x1b[31m";
    write_report("json", &line, 1, &out);
    assert_ptr_equal(strchr(out.data, '\n'), out.data + out.length - 1);
    assert_null(strchr(out.data, '\x1b'));
    buf_fini(&out);
}

static void test_report_json_keeps_every_digit_and_null(void **state)
{
    struct score_line lines[] = { aime_line(), empty_line() };
    struct buf out;

    (void)state;
    lines[0].mean = 1 / 3.0;
    write_report("json", lines, 2, &out);
    assert_has(out.data, "\"mean\":0.3333333333333333,");
    assert_has(out.data, "\"cost_usd\":3.21,\"cost_is_known\":true,\"cost_at_most_usd\":3.21,"
                         "\"cost_per_episode_usd\":0.013375,\"cost_per_correct_usd\":0.0142");
    assert_has(out.data, "\"cost_usd\":null,\"cost_is_known\":false,\"cost_at_most_usd\":null,"
                         "\"cost_per_episode_usd\":null,\"cost_per_correct_usd\":null}],\"runs\":[{\"run\":");
    assert_has(out.data, "\"settings\":{},\"cost_usd\":3.21,\"cost_is_known\":true,");
    assert_has(out.data, "\"score\":{\"mean\":null,\"se_over_questions\":null,\"se_over_epochs\":null,\"clusters\":0,"
                         "\"interval\":null},\"at_k\":[],\"categories\":[],\"mean_of_categories\":null,"
                         "\"forms\":[],\"tokens\":{\"in\":null,");
    buf_fini(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reports_find_knows_each_format),
        cmocka_unit_test(test_report_markdown_fits_a_terminal),
        cmocka_unit_test(test_report_markdown_says_what_is_known_of_the_cost),
        cmocka_unit_test(test_report_says_what_is_known_of_the_judge_s_cost),
        cmocka_unit_test(test_report_markdown_says_what_is_known_of_the_tokens),
        cmocka_unit_test(test_report_markdown_says_what_is_there),
        cmocka_unit_test(test_report_markdown_tells_runs_of_one_model_by_their_settings),
        cmocka_unit_test(test_report_markdown_is_short_when_there_is_little_to_tell),
        cmocka_unit_test(test_report_markdown_puts_runs_side_by_side),
        cmocka_unit_test(test_report_markdown_tells_runs_of_one_model_by_their_ids),
        cmocka_unit_test(test_report_markdown_puts_the_better_first_and_tells_profiles),
        cmocka_unit_test(test_report_markdown_rules_are_wide_enough),
        cmocka_unit_test(test_report_markdown_lets_no_name_break_out),
        cmocka_unit_test(test_report_markdown_aligns_wide_and_cuts_long_names),
        cmocka_unit_test(test_report_markdown_fits_a_terminal_with_many_runs),
        cmocka_unit_test(test_report_says_which_runs_were_asked_otherwise),
        cmocka_unit_test(test_report_markdown_says_how_clusters_count),
        cmocka_unit_test(test_report_markdown_of_nothing_says_so),
        cmocka_unit_test(test_report_csv_has_one_record_a_line),
        cmocka_unit_test(test_report_csv_lets_no_name_be_a_formula),
        cmocka_unit_test(test_report_json_is_as_its_schema_says),
        cmocka_unit_test(test_report_json_is_one_object_on_one_line),
        cmocka_unit_test(test_report_json_keeps_every_digit_and_null),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
