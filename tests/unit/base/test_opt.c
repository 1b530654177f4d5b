#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "harness/base/buf.h"
#include "harness/base/opt.h"

static const struct opt_spec SPECS[] = {
    { .name = "task", .argument = "NAME", .help = "what to run", .repeats = true },
    { .name = "model-arg", .letter = 'M', .argument = "KEY=VALUE", .help = "a setting of the model runner, which is "
        "passed on as it stands and is written to the plan of the run", .repeats = true },
    { .name = "limit", .letter = 'n', .argument = "COUNT", .help = "samples of each task" },
    { .name = "json", .letter = 'j', .help = "one JSON object on stdout" },
    { .name = "a-long-name-for-an-option", .argument = "ANYTHING", .help = "short" },
    { 0 },
};

static struct opt *parse(char **argv, struct err *err)
{
    int argc = 0;

    while (argv[argc] != NULL)
        argc++;
    return opt_parse(SPECS, argc, argv, err);
}

#define ARGV(...) ((char *[]){ (char *)"vernier", __VA_ARGS__, NULL })

static void refuse(char **argv, const char *words)
{
    struct err err = ERR_INIT;

    assert_null(parse(argv, &err));
    assert_string_equal(err.text, words);
    assert_int_equal(err.code, EXIT_USAGE);
}

static void test_parse_reads_both_forms_of_a_value(void **state)
{
    struct err err = ERR_INIT;
    struct opt *opt = parse(ARGV("--task=gpqa", "--limit", "5"), &err);

    (void)state;
    assert_string_equal(opt_value(opt, "task"), "gpqa");
    assert_string_equal(opt_value(opt, "limit"), "5");
    assert_false(opt_has(opt, "json"));
    assert_null(opt_value(opt, "model-arg"));
    opt_free(opt);
}

static void test_parse_reads_letters(void **state)
{
    struct err err = ERR_INIT;
    struct opt *opt = parse(ARGV("-M", "a=1", "-jn5", "-Mb=2", "--model-arg=c="), &err);

    (void)state;
    assert_true(opt_has(opt, "json"));
    assert_string_equal(opt_value(opt, "limit"), "5");
    assert_int_equal(opt_count(opt, "model-arg"), 3);
    assert_string_equal(opt_nth(opt, "model-arg", 0), "a=1");
    assert_string_equal(opt_nth(opt, "model-arg", 1), "b=2");
    assert_string_equal(opt_nth(opt, "model-arg", 2), "c=");
    assert_null(opt_nth(opt, "model-arg", 3));
    opt_free(opt);
}

static void test_parse_mixes_options_and_operands(void **state)
{
    struct err err = ERR_INIT;
    char **argv = ARGV("run", "--json", "-", "--limit", "3", "--", "--task", "-x");
    struct opt *opt;

    (void)state;
    setenv("POSIXLY_CORRECT", "1", 1);
    opt = parse(argv, &err);
    unsetenv("POSIXLY_CORRECT");
    assert_true(opt_has(opt, "json"));
    assert_string_equal(opt_value(opt, "limit"), "3");
    assert_false(opt_has(opt, "task"));
    assert_int_equal(opt_operand_count(opt), 4);
    assert_string_equal(opt_operand(opt, 0), "run");
    assert_string_equal(opt_operand(opt, 1), "-");
    assert_string_equal(opt_operand(opt, 2), "--task");
    assert_string_equal(opt_operand(opt, 3), "-x");
    assert_null(opt_operand(opt, 4));
    assert_string_equal(argv[1], "run");
    opt_free(opt);
}

static void test_parse_keeps_empty_values(void **state)
{
    struct err err = ERR_INIT;
    struct opt *opt = parse(ARGV("--task=", "--limit", "", ""), &err);

    (void)state;
    assert_string_equal(opt_value(opt, "task"), "");
    assert_string_equal(opt_value(opt, "limit"), "");
    assert_string_equal(opt_operand(opt, 0), "");
    opt_free(opt);
}

static void test_parse_without_arguments_gives_nothing(void **state)
{
    struct err err = ERR_INIT;
    char *argv[] = { (char *)"vernier", NULL };
    struct opt *opt = opt_parse(SPECS, 1, argv, &err);

    (void)state;
    assert_int_equal(opt_operand_count(opt), 0);
    assert_int_equal(opt_count(opt, "task"), 0);
    opt_free(opt);
}

static void test_parse_takes_an_option_that_looks_like_a_value(void **state)
{
    struct err err = ERR_INIT;
    struct opt *opt = parse(ARGV("--limit", "-5", "--task", "--json"), &err);

    (void)state;
    assert_string_equal(opt_value(opt, "limit"), "-5");
    assert_string_equal(opt_value(opt, "task"), "--json");
    opt_free(opt);
}

static void test_parse_names_the_nearest(void **state)
{
    (void)state;
    refuse(ARGV("--tsak=gpqa"), "unknown option --tsak; did you mean --task?");
    refuse(ARGV("x", "--jsno"), "unknown option --jsno; did you mean --json?");
    refuse(ARGV("--quite-different-thing"), "unknown option --quite-different-thing");
    refuse(ARGV("-q"), "unknown option -q");
    refuse(ARGV("-jq"), "unknown option -q");
}

static void test_parse_refuses_missing_and_unasked_values(void **state)
{
    (void)state;
    refuse(ARGV("--task"), "option --task needs a value: NAME");
    refuse(ARGV("-j", "-M"), "option --model-arg needs a value: KEY=VALUE");
    refuse(ARGV("--json=yes"), "option --json takes no value");
}

static void test_parse_refuses_a_second_time(void **state)
{
    (void)state;
    refuse(ARGV("--limit", "1", "-n", "2"), "option --limit is given twice");
    refuse(ARGV("--json", "--json"), "option --json is given twice");
}

static void test_parse_can_be_done_again(void **state)
{
    (void)state;
    refuse(ARGV("a", "-jq", "b"), "unknown option -q");
    test_parse_reads_letters(state);
    test_parse_mixes_options_and_operands(state);
}

static void test_int_reads_within_bounds(void **state)
{
    struct err err = ERR_INIT;
    struct opt *opt = parse(ARGV("--limit", "-7"), &err);
    int64_t value = 1;

    (void)state;
    assert_int_equal(opt_int(opt, "limit", -7, 9, &value, &err), 0);
    assert_int_equal(value, -7);
    assert_int_equal(opt_int(opt, "task", 0, 9, &value, &err), 0);
    assert_int_equal(value, -7);
    assert_int_equal(opt_int(opt, "limit", 1, 9, &value, &err), -1);
    assert_string_equal(err.text, "option --limit: -7 is not between 1 and 9");
    assert_int_equal(err.code, EXIT_USAGE);
    opt_free(opt);
}

static void test_int_refuses_what_is_no_number(void **state)
{
    static const char *const words[] = { "", " 5", "5 ", "5x", "0x5", "1.0", "1e3", "99999999999999999999", NULL };
    int64_t value = 1;

    (void)state;
    for (size_t i = 0; words[i] != NULL; i++) {
        struct err err = ERR_INIT;
        struct opt *opt = parse(ARGV("--limit", (char *)words[i]), &err);

        assert_int_equal(opt_int(opt, "limit", 0, INT64_MAX, &value, &err), -1);
        assert_int_equal(err.code, EXIT_USAGE);
        assert_int_equal(value, 1);
        opt_free(opt);
    }
}

static void test_number_reads_within_bounds(void **state)
{
    static const char *const bad[] = { "", "nan", "inf", "INFINITY", "0x1", "0x1p-1", "1.5.", " 1", "2.5", "-0.1", NULL };
    struct err err = ERR_INIT;
    struct opt *opt = parse(ARGV("--limit", "0.25"), &err);
    double value = 9;

    (void)state;
    assert_int_equal(opt_number(opt, "limit", 0, 2, &value, &err), 0);
    assert_true(value == 0.25);
    opt_free(opt);
    for (size_t i = 0; bad[i] != NULL; i++) {
        opt = parse(ARGV("--limit", (char *)bad[i]), &err);
        assert_int_equal(opt_number(opt, "limit", 0, 2, &value, &err), -1);
        opt_free(opt);
    }
    assert_string_equal(err.text, "option --limit: -0.1 is not between 0 and 2");
    assert_true(value == 0.25);
}

static void test_help_is_aligned_and_wrapped(void **state)
{
    struct buf out;

    (void)state;
    buf_init(&out, 0);
    opt_help(SPECS, &out);
    assert_string_equal(out.data,
        "      --task NAME            what to run (may be repeated)\n"
        "  -M, --model-arg KEY=VALUE  a setting of the model runner, which is passed on\n"
        "                             as it stands and is written to the plan of the run\n"
        "                             (may be repeated)\n"
        "  -n, --limit COUNT          samples of each task\n"
        "  -j, --json                 one JSON object on stdout\n"
        "      --a-long-name-for-an-option ANYTHING\n"
        "                             short\n");
    buf_fini(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parse_reads_both_forms_of_a_value),
        cmocka_unit_test(test_parse_reads_letters),
        cmocka_unit_test(test_parse_mixes_options_and_operands),
        cmocka_unit_test(test_parse_keeps_empty_values),
        cmocka_unit_test(test_parse_without_arguments_gives_nothing),
        cmocka_unit_test(test_parse_takes_an_option_that_looks_like_a_value),
        cmocka_unit_test(test_parse_names_the_nearest),
        cmocka_unit_test(test_parse_refuses_missing_and_unasked_values),
        cmocka_unit_test(test_parse_refuses_a_second_time),
        cmocka_unit_test(test_parse_can_be_done_again),
        cmocka_unit_test(test_int_reads_within_bounds),
        cmocka_unit_test(test_int_refuses_what_is_no_number),
        cmocka_unit_test(test_number_reads_within_bounds),
        cmocka_unit_test(test_help_is_aligned_and_wrapped),
    };

    return cmocka_run_group_tests_name("opt", tests, NULL, NULL);
}
