#include "harness/base/opt.h"

#include <assert.h>
#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/buf.h"
#include "harness/base/mem.h"
#include "harness/base/text.h"

/* getopt_long's value for the spec at index i is this plus i, so that it is no letter. */
#define LONG_BASE 256

#define HELP_COLUMNS 80
#define HELP_LEFT_MAX 32          /* a longer left side has its help on the next line */

struct given { const struct opt_spec *spec; const char *value; };

struct opt {
    const struct opt_spec *specs;
    struct given *given;          /* in the order given; at most one per word of argv, or letter of it */
    size_t given_count, given_capacity;
    const char **operands;
    size_t operand_count;
};

static size_t count_specs(const struct opt_spec *specs)
{
    size_t count = 0;

    while (specs[count].name != NULL)
        count++;
    return count;
}

static struct option *make_long_options(const struct opt_spec *specs)
{
    size_t count = count_specs(specs);
    struct option *options = xcalloc(count + 1, sizeof *options);

    for (size_t i = 0; i < count; i++)
        options[i] = (struct option){ specs[i].name, specs[i].argument != NULL ? required_argument : no_argument,
            NULL, LONG_BASE + (int)i };
    return options;
}

/* "-" hands operands over where they stand, whatever POSIXLY_CORRECT says; ":" tells a missing value from the rest. */
static void add_letters(struct buf *letters, const struct opt_spec *specs)
{
    buf_add_string(letters, "-:");
    for (; specs->name != NULL; specs++)
        if (specs->letter != 0) {
            buf_add_char(letters, specs->letter);
            if (specs->argument != NULL)
                buf_add_char(letters, ':');
        }
}

static const struct opt_spec *spec_of(const struct opt_spec *specs, int value)
{
    if (value >= LONG_BASE)
        return &specs[value - LONG_BASE];
    for (; specs->name != NULL; specs++)
        if (specs->letter != 0 && specs->letter == value)
            return specs;
    return NULL;
}

static int fail_unknown_long(const struct opt_spec *specs, const char *word, struct err *err)
{
    size_t count = count_specs(specs);
    const char **names = xcalloc(count + 1, sizeof *names);
    char *name = xstrndup(word + 2, strcspn(word + 2, "="));
    const char *nearest;

    for (size_t i = 0; i < count; i++)
        names[i] = specs[i].name;
    nearest = text_nearest(name, names);
    if (nearest != NULL)
        err_set_code(err, EXIT_USAGE, "unknown option --%s; did you mean --%s?", name, nearest);
    else
        err_set_code(err, EXIT_USAGE, "unknown option --%s", name);
    free(name);
    free(names);
    return -1;
}

/* getopt_long said '?' or ':', and left in optopt what it knew. */
static int fail(const struct opt_spec *specs, int answer, char **argv, struct err *err)
{
    const struct opt_spec *spec = optopt != 0 ? spec_of(specs, optopt) : NULL;

    if (answer == ':')
        return err_set_code(err, EXIT_USAGE, "option --%s needs a value: %s", spec->name, spec->argument);
    if (spec != NULL)
        return err_set_code(err, EXIT_USAGE, "option --%s takes no value", spec->name);
    if (optopt != 0)
        return err_set_code(err, EXIT_USAGE, "unknown option -%c", optopt);
    return fail_unknown_long(specs, argv[optind - 1], err);
}

static int add_given(struct opt *opt, const struct opt_spec *spec, const char *value, struct err *err)
{
    if (!spec->repeats && opt_has(opt, spec->name))
        return err_set_code(err, EXIT_USAGE, "option --%s is given twice", spec->name);
    if (opt->given_count == opt->given_capacity) {
        opt->given_capacity = opt->given_capacity * 2 + 8;
        opt->given = xreallocarray(opt->given, opt->given_capacity, sizeof *opt->given);
    }
    opt->given[opt->given_count++] = (struct given){ spec, value };
    return 0;
}

static int parse(struct opt *opt, int argc, char **argv, const char *letters, const struct option *options,
    struct err *err)
{
    int answer;

    optind = 0;                   /* glibc: forget an earlier parse */
    opterr = 0;                   /* the words are ours */
    while ((answer = getopt_long(argc, argv, letters, options, NULL)) != -1) {
        if (answer == '?' || answer == ':')
            return fail(opt->specs, answer, argv, err);
        if (answer == 1)
            opt->operands[opt->operand_count++] = optarg;
        else if (add_given(opt, spec_of(opt->specs, answer), optarg, err) < 0)
            return -1;
    }
    while (optind < argc)
        opt->operands[opt->operand_count++] = argv[optind++];
    return 0;
}

struct opt *opt_parse(const struct opt_spec *specs, int argc, char **argv, struct err *err)
{
    struct opt *opt = xcalloc(1, sizeof *opt);
    struct option *options = make_long_options(specs);
    struct buf letters;
    int result;

    buf_init(&letters, 0);
    add_letters(&letters, specs);
    opt->specs = specs;
    opt->operands = xcalloc((size_t)argc + 1, sizeof *opt->operands);
    result = parse(opt, argc, argv, letters.data, options, err);
    buf_fini(&letters);
    free(options);
    if (result == 0)
        return opt;
    opt_free(opt);
    return NULL;
}

void opt_free(struct opt *opt)
{
    if (opt == NULL)
        return;
    free(opt->given);
    free(opt->operands);
    free(opt);
}

static void assert_known(const struct opt *opt, const char *name)
{
    const struct opt_spec *spec = opt->specs;

    while (spec->name != NULL && strcmp(spec->name, name) != 0)
        spec++;
    assert(spec->name != NULL);   /* asked for an option that is not in the table */
}

static const struct given *find_nth(const struct opt *opt, const char *name, size_t n)
{
    assert_known(opt, name);
    for (size_t i = 0; i < opt->given_count; i++)
        if (strcmp(opt->given[i].spec->name, name) == 0 && n-- == 0)
            return &opt->given[i];
    return NULL;
}

bool opt_has(const struct opt *opt, const char *name)
{
    return find_nth(opt, name, 0) != NULL;
}

const char *opt_nth(const struct opt *opt, const char *name, size_t n)
{
    const struct given *given = find_nth(opt, name, n);

    return given != NULL ? given->value : NULL;
}

const char *opt_value(const struct opt *opt, const char *name)
{
    return opt_nth(opt, name, 0);
}

size_t opt_count(const struct opt *opt, const char *name)
{
    size_t count = 0;

    while (find_nth(opt, name, count) != NULL)
        count++;
    return count;
}

size_t opt_operand_count(const struct opt *opt)
{
    return opt->operand_count;
}

const char *opt_operand(const struct opt *opt, size_t n)
{
    return n < opt->operand_count ? opt->operands[n] : NULL;
}

/* strtoll and strtod also take blanks before a number, and strtod "0x10", "inf" and "nan": the alphabet shuts them out. */
static bool is_made_of(const char *text, const char *alphabet)
{
    return text[0] != '\0' && text[strspn(text, alphabet)] == '\0';
}

int opt_int(const struct opt *opt, const char *name, int64_t min, int64_t max, int64_t *out, struct err *err)
{
    const char *text = opt_value(opt, name);
    char *end;
    long long value;

    if (text == NULL)
        return 0;
    errno = 0;
    value = strtoll(text, &end, 10);
    if (!is_made_of(text, "+-0123456789") || end == text || *end != '\0')
        return err_set_code(err, EXIT_USAGE, "option --%s: \"%s\" is not a whole number", name, text);
    if (errno == ERANGE || value < min || value > max)
        return err_set_code(err, EXIT_USAGE, "option --%s: %s is not between %lld and %lld", name, text,
            (long long)min, (long long)max);
    *out = value;
    return 0;
}

int opt_number(const struct opt *opt, const char *name, double min, double max, double *out, struct err *err)
{
    const char *text = opt_value(opt, name);
    char *end;
    double value;

    if (text == NULL)
        return 0;
    value = strtod(text, &end);
    if (!is_made_of(text, "+-.0123456789eE") || end == text || *end != '\0')
        return err_set_code(err, EXIT_USAGE, "option --%s: \"%s\" is not a number", name, text);
    if (!(value >= min && value <= max) || isinf(value))
        return err_set_code(err, EXIT_USAGE, "option --%s: %s is not between %g and %g", name, text, min, max);
    *out = value;
    return 0;
}

/* "  -M, --model-arg KEY=VALUE", the letter's room left free where there is none. */
static void add_left(struct buf *out, const struct opt_spec *spec)
{
    if (spec->letter != 0)
        buf_addf(out, "  -%c, ", spec->letter);
    else
        buf_add_string(out, "      ");
    buf_addf(out, "--%s", spec->name);
    if (spec->argument != NULL)
        buf_addf(out, " %s", spec->argument);
}

static size_t left_width(const struct opt_spec *spec)
{
    return 6 + 2 + text_width(spec->name) + (spec->argument != NULL ? 1 + text_width(spec->argument) : 0);
}

static size_t left_column(const struct opt_spec *specs)
{
    size_t column = 0;

    for (; specs->name != NULL; specs++)
        if (left_width(specs) > column && left_width(specs) <= HELP_LEFT_MAX)
            column = left_width(specs);
    return column + 2;
}

/* Adds words from column on, breaking between them; *at is the column reached. */
static void add_words(struct buf *out, const char *words, size_t column, size_t *at)
{
    while (*words != '\0') {
        size_t length = strcspn(words, " ");
        char *word = xstrndup(words, length);
        size_t width = text_width(word);

        if (*at > column && *at + 1 + width > HELP_COLUMNS) {
            buf_addf(out, "\n%*s", (int)column, "");
            *at = column;
        }
        buf_addf(out, "%s%s", *at > column ? " " : "", word);
        *at += (*at > column ? 1 : 0) + width;
        free(word);
        words += length;
        words += strspn(words, " ");
    }
}

void opt_help(const struct opt_spec *specs, struct buf *out)
{
    size_t column = left_column(specs);

    for (; specs->name != NULL; specs++) {
        size_t width = left_width(specs), at = column;

        add_left(out, specs);
        if (width + 2 > column)
            buf_addf(out, "\n%*s", (int)column, "");
        else
            buf_addf(out, "%*s", (int)(column - width), "");
        add_words(out, specs->help, column, &at);
        if (specs->repeats)
            add_words(out, "(may be repeated)", column, &at);
        buf_add_char(out, '\n');
    }
}
