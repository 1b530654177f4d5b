/*
 * The worked examples (computed with numpy and scipy), where the shared folder is at hand. Only what this
 * floor computes is checked: of `binomial_ci` the Wilson interval, of `paired_difference` the paired half (a
 * mean of differences), of `special_functions` the quantiles and the incomplete beta function,
 * of `variance_decomposition` all but what is left without the epochs' noise, of
 * `power` what is two-sided and not of two proportions. What no report prints is named in LEFT_OUT
 * with its reason; a method that is in neither table fails the test.
 */
#include "harness/base/file.h"
#include "harness/base/random.h"
#include "reports/stats/interval.h"
#include "reports/stats/mean.h"
#include "reports/stats/pair.h"
#include "reports/stats/power.h"
#include "reports/stats/quantile.h"
#include "reports/stats/tries.h"
#include "tests/skip.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>
#include <cmocka.h>

#define EXAMPLES SHARED_DIR "/data/statistics/examples.json"
#define ITEMS_MAX 64

/*
 * scipy's t quantiles are themselves off by up to 4e-10 (5 degrees: 2.57058183661 for 2.57058183564, by
 * mpmath).
 */
#define SCIPY_T_TOLERANCE 1e-9

/* One example under test; `failed` is set by the first number that does not fit. */
struct example {
    const char *id;
    const cJSON *input, *output;
    double tolerance; /* relative or absolute, whichever is kinder */
    bool failed;
};

static void check(struct example *example, const char *what, double got, double expected)
{
    double allowed = example->tolerance * fmax(1, fabs(expected));

    if (fabs(got - expected) <= allowed)
        return;
    print_message("%s: %s is %.17g, expected %.17g\n", example->id, what, got, expected);
    example->failed = true;
}

static double number_in(const cJSON *object, const char *name)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, name);
    return cJSON_IsNumber(item) ? item->valuedouble : NAN;
}

static size_t size_in(const cJSON *object, const char *name)
{
    return (size_t)number_in(object, name);
}

/* Checks `got` against a number of the output. */
static void check_number(struct example *example, const char *name, double got)
{
    check(example, name, got, number_in(example->output, name));
}

static void check_pair(struct example *example, const char *name, struct interval got)
{
    const cJSON *pair = cJSON_GetObjectItemCaseSensitive(example->output, name);

    check(example, name, got.lower, cJSON_GetNumberValue(cJSON_GetArrayItem(pair, 0)));
    check(example, name, got.upper, cJSON_GetNumberValue(cJSON_GetArrayItem(pair, 1)));
}

static size_t read_numbers(const cJSON *object, const char *name, double *numbers)
{
    const cJSON *array = cJSON_GetObjectItemCaseSensitive(object, name);
    size_t count = (size_t)cJSON_GetArraySize(array);

    assert_true(count > 0 && count <= ITEMS_MAX);
    for (size_t i = 0; i < count; i++)
        numbers[i] = cJSON_GetNumberValue(cJSON_GetArrayItem(array, (int)i));
    return count;
}

static void read_clusters(const cJSON *input, size_t *cluster)
{
    double numbers[ITEMS_MAX];
    size_t count = read_numbers(input, "cluster", numbers);

    for (size_t i = 0; i < count; i++)
        cluster[i] = (size_t)numbers[i];
}

static size_t read_differences(const cJSON *input, double *d)
{
    double b[ITEMS_MAX];
    size_t count = read_numbers(input, "a", d);

    assert_int_equal(read_numbers(input, "b", b), count);
    for (size_t i = 0; i < count; i++)
        d[i] -= b[i];
    return count;
}

static void try_mean_se(struct example *example)
{
    double x[ITEMS_MAX];
    double level = number_in(example->input, "conf");
    size_t count = read_numbers(example->input, "x", x);
    double mean = mean_of(x, count), se = mean_se(x, count);

    check_number(example, "mean", mean);
    check_number(example, "var_sample", mean_variance(x, count));
    check_number(example, "se", se);
    check_pair(example, "ci_normal", interval_normal(mean, se, level));
    check_pair(example, "ci_t", interval_t(mean, se, (double)(count - 1), level));
}

static void try_binomial_ci(struct example *example)
{
    double right = number_in(example->input, "k"), count = number_in(example->input, "n");
    check_pair(example, "wilson", interval_wilson(right, count, number_in(example->input, "conf")));
}

static void check_cluster_se(struct example *example, const double *x, size_t count)
{
    size_t cluster[ITEMS_MAX];
    struct cluster_se se;

    read_clusters(example->input, cluster);
    se = mean_cluster_se(x, cluster, count);
    check_number(example, "clusters", (double)se.clusters);
    check_number(example, "se_cluster", se.plain);
    check_number(example, "se_cluster_g_over_g_minus_1", se.corrected);
    if (!isnan(number_in(example->output, "design_effect")))
        check_number(example, "design_effect", pow(se.corrected / mean_se(x, count), 2));
}

static void try_clustered_se(struct example *example)
{
    double x[ITEMS_MAX];
    size_t count = read_numbers(example->input, "x", x);

    check_number(example, "mean", mean_of(x, count));
    check_number(example, "se_iid", mean_se(x, count));
    check_cluster_se(example, x, count);
}

static void try_paired_difference(struct example *example)
{
    double d[ITEMS_MAX];
    size_t count = read_differences(example->input, d);
    double mean = mean_of(d, count), se = mean_se(d, count);

    check_number(example, "diff", mean);
    check_number(example, "se_paired", se);
    check_number(example, "t", mean / se);
    check_pair(example, "ci_normal", interval_normal(mean, se, number_in(example->input, "conf")));
}

static void try_paired_difference_clustered(struct example *example)
{
    double d[ITEMS_MAX];
    size_t count = read_differences(example->input, d);

    check_number(example, "diff", mean_of(d, count));
    check_cluster_se(example, d, count);
}

static void try_prng(struct example *example)
{
    const cJSON *draw;
    struct splitmix random = {.state = (uint64_t)number_in(example->input, "seed")};
    uint64_t below = (uint64_t)number_in(example->input, "below");

    cJSON_ArrayForEach(draw, cJSON_GetObjectItemCaseSensitive(example->output, "below_10_after_reseed"))
        check(example, "below", (double)splitmix_below(&random, below), draw->valuedouble);
}

static void try_pass_at_k(struct example *example)
{
    size_t epochs = size_in(example->input, "n"), right = size_in(example->input, "c");
    size_t k = size_in(example->input, "k");

    check_number(example, "pass_at_k", tries_pass_at_k(epochs, right, k));
    check_number(example, "pass_hat_k", tries_pass_hat_k(epochs, right, k));
}

static double nth_in(const cJSON *object, const char *name, size_t n)
{
    return cJSON_GetNumberValue(cJSON_GetArrayItem(cJSON_GetObjectItemCaseSensitive(object, name), (int)n));
}

static void try_pass_at_k_dataset(struct example *example)
{
    double right[ITEMS_MAX], ks[ITEMS_MAX], any[ITEMS_MAX], all[ITEMS_MAX];
    size_t epochs = size_in(example->input, "n");
    size_t count = read_numbers(example->input, "c", right);
    size_t ks_count = read_numbers(example->input, "k", ks);

    for (size_t n = 0; n < ks_count; n++) {
        for (size_t i = 0; i < count; i++) {
            any[i] = tries_pass_at_k(epochs, (size_t)right[i], (size_t)ks[n]);
            all[i] = tries_pass_hat_k(epochs, (size_t)right[i], (size_t)ks[n]);
        }
        check(example, "pass_at_k", mean_of(any, count), nth_in(example->output, "pass_at_k", n));
        check(example, "pass_hat_k", mean_of(all, count), nth_in(example->output, "pass_hat_k", n));
        check(example, "se_pass_at_k", mean_se(any, count), nth_in(example->output, "se_pass_at_k", n));
    }
}

static void try_maj_at_k(struct example *example)
{
    int class_of[ITEMS_MAX];
    double ks[ITEMS_MAX];
    size_t count = 0, ks_count = read_numbers(example->input, "k", ks);
    const cJSON *answer;

    /* The answers are numbers in strings: each is its own class. */
    cJSON_ArrayForEach(answer, cJSON_GetObjectItemCaseSensitive(example->input, "answers"))
        class_of[count++] = atoi(answer->valuestring);
    int gold = atoi(cJSON_GetObjectItemCaseSensitive(example->input, "gold")->valuestring);
    for (size_t n = 0; n < ks_count; n++)
        check(example, "maj_at_k", tries_maj_at_k(class_of, count, gold, (size_t)ks[n], 1),
              nth_in(example->output, "maj_at_k", n));
}

static void try_variance_decomposition(struct example *example)
{
    double means[ITEMS_MAX];
    size_t items = 0;
    struct tries_spread spread = {0};
    const cJSON *item, *score;

    cJSON_ArrayForEach(item, cJSON_GetObjectItemCaseSensitive(example->input, "scores")) {
        double scores[ITEMS_MAX];
        size_t count = 0;
        cJSON_ArrayForEach(score, item)
            scores[count++] = score->valuedouble;
        means[items++] = mean_of(scores, count);
        tries_spread_add(&spread, scores, count);
    }
    check_number(example, "mean", mean_of(means, items));
    check_number(example, "within", tries_spread_within(&spread));
    check_number(example, "between_observed", mean_variance(means, items));
    check_number(example, "se", mean_se(means, items));
    check_number(example, "se_within_only", tries_spread_se(&spread));
}

static void try_t_quantiles(struct example *example)
{
    const cJSON *point;
    double tolerance = example->tolerance;

    example->tolerance = SCIPY_T_TOLERANCE;
    cJSON_ArrayForEach(point, cJSON_GetObjectItemCaseSensitive(example->output, "t_ppf_0.975"))
        check(example, point->string, quantile_t(0.975, strtod(point->string, NULL)), point->valuedouble);
    example->tolerance = tolerance;
}

static void try_special_functions(struct example *example)
{
    const cJSON *point;

    try_t_quantiles(example);

    cJSON_ArrayForEach(point, cJSON_GetObjectItemCaseSensitive(example->output, "norm_ppf"))
        check(example, point->string, quantile_normal(strtod(point->string, NULL)), point->valuedouble);
    cJSON_ArrayForEach(point, cJSON_GetObjectItemCaseSensitive(example->output, "betainc")) {
        char *at = point->string; /* "a,b,x" */
        double a = strtod(at, &at), b = strtod(at + 1, &at), x = strtod(at + 1, NULL);
        check(example, point->string, incomplete_beta(a, b, x), point->valuedouble);
    }
}

static void try_mcnemar(struct example *example)
{
    size_t only_a = size_in(example->input, "only_a_correct"), only_b = size_in(example->input, "only_b_correct");

    check_number(example, "p_mid_two_sided", pair_mcnemar(only_a, only_b));
}

static void try_permutation(struct example *example)
{
    double d[ITEMS_MAX];
    const struct differences differences = { .d = d, .count = read_differences(example->input, d) };

    check_number(example, "diff", mean_of(d, differences.count));
    check_number(example, "p_two_sided", pair_permutation(&differences, 1).p);
}

static void try_bootstrap(struct example *example)
{
    double d[ITEMS_MAX];
    const struct differences differences = { .d = d, .count = read_differences(example->input, d) };
    struct bootstrap got = pair_bootstrap(&differences, number_in(example->input, "conf"), size_in(example->input, "B"),
                                          (uint64_t)number_in(example->input, "seed"));

    check_number(example, "z0", got.z0);
    check_number(example, "acceleration", got.acceleration);
    check_pair(example, "percentile", got.percentile);
    check_pair(example, "bca", got.bca);
}

static void try_multiple_testing(struct example *example)
{
    double p[ITEMS_MAX], holm[ITEMS_MAX];
    size_t count = read_numbers(example->input, "p", p);

    pair_holm(p, count, holm);
    for (size_t i = 0; i < count; i++)
        check(example, "holm", holm[i], nth_in(example->output, "holm", i));
}

static void try_power(struct example *example)
{
    double alpha = number_in(example->input, "alpha"), power = number_in(example->input, "power");

    check_number(example, "mde_paired_n500_disagree_0.10", power_smallest_difference(0.10, 500, alpha, power));
    check_number(example, "mde_paired_n30_disagree_0.30", power_smallest_difference(0.30, 30, alpha, power));
}

typedef void try_fn(struct example *example);

static const struct method {
    const char *name;
    try_fn *run;
} methods[] = {
    {"mean_se", try_mean_se},
    {"binomial_ci", try_binomial_ci},
    {"clustered_se", try_clustered_se},
    {"paired_difference", try_paired_difference},
    {"paired_difference_clustered", try_paired_difference_clustered},
    {"mcnemar", try_mcnemar},
    {"paired_permutation_exact", try_permutation},
    {"paired_bootstrap", try_bootstrap},
    {"multiple_testing", try_multiple_testing},
    {"prng", try_prng},
    {"pass_at_k", try_pass_at_k},
    {"pass_at_k_dataset", try_pass_at_k_dataset},
    {"maj_at_k", try_maj_at_k},
    {"variance_decomposition", try_variance_decomposition},
    {"special_functions", try_special_functions},
    {"power", try_power},
};
#define METHODS_COUNT (sizeof methods / sizeof methods[0])

static const struct { const char *method, *why; } LEFT_OUT[] = {
    {"noninferiority_paired", "a gate"},
    {"aggregate", "differences of two runs over several tasks"},
    {"confidence_sequence", "stops a comparison early"},
    {"beta_mixture_e_value", "stops a comparison early"},
    {"beta_mixture_e_value_one_sided", "stops a comparison early"},
    {"bradley_terry", "an arena"},
    {"bradley_terry_davidson", "an arena"},
    {"cohen_kappa", "judges: test_stats_kappa"},
};
#define LEFT_OUT_COUNT (sizeof LEFT_OUT / sizeof LEFT_OUT[0])

static const char *why_left_out(const char *method)
{
    for (size_t i = 0; i < LEFT_OUT_COUNT; i++)
        if (strcmp(LEFT_OUT[i].method, method) == 0)
            return LEFT_OUT[i].why;
    return NULL;
}

/* Names the examples that no report applies to. Returns how many there are. */
static int tell_left_out(const cJSON *examples)
{
    const cJSON *entry;
    int count = 0;

    cJSON_ArrayForEach(entry, examples) {
        const char *why = why_left_out(cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(entry, "method")));
        if (why == NULL)
            continue;
        print_message("%s: not in reports: %s\n",
                      cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(entry, "id")), why);
        count++;
    }
    return count;
}

/* The whole file, NUL-terminated, to be freed; NULL when there is none. */
static char *read_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    char *text = NULL;
    size_t size = 0;

    if (file == NULL)
        return NULL;
    FILE *memory = open_memstream(&text, &size);
    assert_non_null(memory);
    for (int c = getc(file); c != EOF; c = getc(file))
        putc(c, memory);
    fclose(memory);
    fclose(file);
    return text;
}

/* Returns how many examples of this method there are, and adds those that failed to *failed. */
static int try_method(const cJSON *examples, const struct method *method, int *failed)
{
    const cJSON *entry;
    int tried = 0;

    cJSON_ArrayForEach(entry, examples) {
        const char *name = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(entry, "method"));
        double own = number_in(entry, "tol");
        struct example example = {
            .id = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(entry, "id")),
            .input = cJSON_GetObjectItemCaseSensitive(entry, "input"),
            .output = cJSON_GetObjectItemCaseSensitive(entry, "output"),
            .tolerance = isnan(own) ? 1e-9 : own,
        };
        if (strcmp(name, method->name) != 0)
            continue;
        method->run(&example);
        tried++;
        *failed += example.failed ? 1 : 0;
    }
    return tried;
}

static void test_stats_agree_with_the_worked_examples(void **state)
{
    char *text = read_file(EXAMPLES);
    int tried = 0, failed = 0;

    (void)state;
    assert_non_null(text);
    cJSON *document = cJSON_Parse(text);
    const cJSON *examples = cJSON_GetObjectItemCaseSensitive(document, "examples");
    for (size_t i = 0; i < METHODS_COUNT; i++) {
        int of_method = try_method(examples, &methods[i], &failed);
        print_message("%s: %d\n", methods[i].name, of_method);
        assert_true(of_method > 0);
        tried += of_method;
    }
    int left_out = tell_left_out(examples);
    print_message("%d examples left out\n", left_out);
    print_message("promise: %d tried, %d failed\n", tried, failed);
    assert_int_equal(tried + left_out, cJSON_GetArraySize(examples));
    cJSON_Delete(document);
    free(text);
    assert_int_equal(failed, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_stats_agree_with_the_worked_examples),
    };

    if (!file_exists(EXAMPLES)) {
        print_message("skipped: no %s\n", EXAMPLES);
        return EXIT_SKIPPED;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
