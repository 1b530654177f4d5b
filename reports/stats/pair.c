#include "reports/stats/pair.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/mem.h"
#include "harness/base/random.h"
#include "reports/stats/mean.h"
#include "reports/stats/quantile.h"

#define EXACT_MAX 20
#define DRAWN_SIGNS 9999
#define RESAMPLES 10000
#define BOOTSTRAP_BELOW 100

/* Below so many items, or clusters, Student's t. */
#define NORMAL_FROM 30

/* Of X ~ Bin(m, 1/2): P(X = k). */
static double coin(size_t m, size_t k)
{
    double n = (double)m, x = (double)k;
    int sign;

    return exp(lgamma_r(n + 1, &sign) - lgamma_r(x + 1, &sign) - lgamma_r(n - x + 1, &sign) - n * log(2));
}

/* Twice the lower tail, half of its last term left out. */
double pair_mcnemar(size_t only_a, size_t only_b)
{
    size_t m = only_a + only_b, k = only_a < only_b ? only_a : only_b;
    double tail = 0;

    for (size_t j = 0; j <= k; j++)
        tail += coin(m, j);
    return m == 0 ? 1 : fmin(1, 2 * (tail - 0.5 * coin(m, k)));
}

/* What is drawn or flipped as one: an item, or a cluster of some. */
struct units { double *sum; size_t *size; size_t count, items; };

static struct units units_new(const struct differences *differences)
{
    struct units units = { .sum = xcalloc(differences->count + 1, sizeof(double)),
                           .size = xcalloc(differences->count + 1, sizeof(size_t)), .items = differences->count };

    for (size_t i = 0; i < differences->count; i++) {
        bool is_same = i > 0 && differences->cluster != NULL && differences->cluster[i] == differences->cluster[i - 1];
        units.count += !is_same;
        units.sum[units.count - 1] += differences->d[i];
        units.size[units.count - 1]++;
    }
    return units;
}

static void units_free(struct units *units)
{
    free(units->sum);
    free(units->size);
}

static bool reaches(double sum, double seen)
{
    return fabs(sum) >= seen - 1e-12 * fmax(1, seen);
}

/* Over all signs. */
static struct permutation permute_all(const double *sum, size_t count, double seen)
{
    size_t all = (size_t)1 << count, reached = 0;

    for (size_t signs = 0; signs < all; signs++) {
        double total = 0;
        for (size_t i = 0; i < count; i++)
            total += signs >> i & 1 ? -sum[i] : sum[i];
        reached += reaches(total, seen);
    }
    return (struct permutation){ .p = (double)reached / (double)all, .signs = all };
}

static struct permutation permute_drawn(const double *sum, size_t count, double seen, uint64_t seed)
{
    struct splitmix random = { .state = seed };
    size_t reached = 0;

    for (size_t draw = 0; draw < DRAWN_SIGNS; draw++) {
        double total = 0;
        uint64_t bits = 0;
        for (size_t i = 0; i < count; i++, bits >>= 1) {
            bits = i % 64 == 0 ? splitmix_next(&random) : bits;
            total += bits & 1 ? -sum[i] : sum[i];
        }
        reached += reaches(total, seen);
    }
    return (struct permutation){ (double)(1 + reached) / (1 + DRAWN_SIGNS), DRAWN_SIGNS, reached == 0 };
}

struct permutation pair_permutation(const struct differences *differences, uint64_t seed)
{
    struct units units = units_new(differences);
    struct permutation permutation;
    double seen = 0;
    size_t count = 0;

    for (size_t i = 0; i < units.count; i++) {
        seen += units.sum[i];
        if (units.sum[i] < 0 || units.sum[i] > 0)
            units.sum[count++] = units.sum[i];
    }
    seen = fabs(seen);
    permutation = count <= EXACT_MAX ? permute_all(units.sum, count, seen)
                                     : permute_drawn(units.sum, count, seen, seed);
    units_free(&units);
    return permutation;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* Of sorted numbers, linear between them (type 7). */
static double quantile_of(const double *sorted, size_t count, double p)
{
    double h = (double)(count - 1) * fmin(1, fmax(0, p));
    size_t low = (size_t)h;

    return low + 1 < count ? sorted[low] + (h - (double)low) * (sorted[low + 1] - sorted[low]) : sorted[low];
}

static double resample(const struct units *units, struct splitmix *random)
{
    double sum = 0;
    size_t items = 0;

    for (size_t i = 0; i < units->count; i++) {
        size_t at = (size_t)splitmix_below(random, units->count);
        sum += units->sum[at];
        items += units->size[at];
    }
    return sum / (double)items;
}

static double total_of(const struct units *units)
{
    double total = 0;

    for (size_t i = 0; i < units->count; i++)
        total += units->sum[i];
    return total;
}

/* How skewed the mean is, of what it becomes without each unit. */
static double acceleration_of(const struct units *units)
{
    double total = total_of(units), mean = 0, square = 0, cube = 0;

    for (size_t i = 0; i < units->count; i++)
        mean += (total - units->sum[i]) / (double)(units->items - units->size[i]) / (double)units->count;
    for (size_t i = 0; i < units->count; i++) {
        double off = mean - (total - units->sum[i]) / (double)(units->items - units->size[i]);
        square += off * off;
        cube += off * off * off;
    }
    return square > 0 ? cube / (6 * pow(square, 1.5)) : 0;
}

/* Where the mean stands among its resamples, as a normal quantile. */
static double bias_of(const double *sorted, size_t count, double mean)
{
    double below = 0;

    for (size_t i = 0; i < count; i++)
        below += sorted[i] < mean ? 1 : sorted[i] > mean ? 0 : 0.5;
    return quantile_normal(fmin(fmax(below, 0.5), (double)count - 0.5) / (double)count);
}

static double bca_share(const struct bootstrap *bootstrap, double p)
{
    double z = bootstrap->z0 + quantile_normal(p);

    return erfc(-(bootstrap->z0 + z / (1 - bootstrap->acceleration * z)) / sqrt(2)) / 2;
}

static bool differ(const struct units *units)
{
    for (size_t i = 1; i < units->count; i++)
        if (units->sum[i] / (double)units->size[i] < units->sum[0] / (double)units->size[0] ||
            units->sum[i] / (double)units->size[i] > units->sum[0] / (double)units->size[0])
            return true;
    return false;
}

static void bootstrap_units(const struct units *units, double level, size_t resamples, uint64_t seed,
                            struct bootstrap *out)
{
    struct splitmix random = { .state = seed };
    double *means = xcalloc(resamples, sizeof means[0]), low = (1 - level) / 2;

    for (size_t i = 0; i < resamples; i++)
        means[i] = resample(units, &random);
    qsort(means, resamples, sizeof means[0], by_size);
    out->z0 = bias_of(means, resamples, total_of(units) / (double)units->items);
    out->acceleration = acceleration_of(units);
    out->percentile = (struct interval){ "percentile", quantile_of(means, resamples, low),
                                         quantile_of(means, resamples, 1 - low) };
    out->bca = (struct interval){ "bca", quantile_of(means, resamples, bca_share(out, low)),
                                  quantile_of(means, resamples, bca_share(out, 1 - low)) };
    free(means);
}

struct bootstrap pair_bootstrap(const struct differences *differences, double level, size_t resamples, uint64_t seed)
{
    struct bootstrap out = { { NULL, NAN, NAN }, { NULL, NAN, NAN }, NAN, NAN };
    struct units units = units_new(differences);

    assert(level > 0 && level < 1 && resamples > 0);
    if (differ(&units))
        bootstrap_units(&units, level, resamples, seed, &out);
    units_free(&units);
    return out;
}

static void set_error(struct comparison *out, const struct differences *differences)
{
    out->difference = mean_of(differences->d, differences->count);
    out->se = mean_se(differences->d, differences->count);
    if (differences->cluster != NULL) {
        struct cluster_se se = mean_cluster_se(differences->d, differences->cluster, differences->count);
        out->se = se.corrected;
        out->clusters = se.clusters;
    }
}

static struct interval choose_interval(const struct comparison *comparison, const struct differences *differences,
                                       double level, uint64_t seed)
{
    size_t units = comparison->clusters > 0 ? comparison->clusters : differences->count;
    bool is_mcnemar = strcmp(comparison->test, "mcnemar") == 0;
    struct interval interval;

    if (!(comparison->se > 0))
        return (struct interval){ NULL, NAN, NAN };
    if (!is_mcnemar && differences->count < BOOTSTRAP_BELOW)
        return pair_bootstrap(differences, level, RESAMPLES, seed).bca;
    interval = units < NORMAL_FROM ? interval_t(comparison->difference, comparison->se, (double)(units - 1), level)
                                   : interval_normal(comparison->difference, comparison->se, level);
    interval.lower = fmax(-1, interval.lower);
    interval.upper = fmin(1, interval.upper);
    return interval;
}

static bool is_bit(double x)
{
    return x <= 0 || x >= 1;
}

/* Of the test that is named. */
static void set_chance(struct comparison *out, const struct differences *differences, size_t only_a, size_t only_b,
                       uint64_t seed)
{
    struct permutation permutation;

    if (strcmp(out->test, "mcnemar") == 0) {
        out->p = pair_mcnemar(only_a, only_b);
        return;
    }
    permutation = pair_permutation(differences, seed);
    out->p = permutation.p;
    out->p_is_bound = permutation.is_bound;
    out->signs = permutation.signs;
}

struct comparison pair_compare(const double *a, const double *b, const size_t *cluster, size_t count, bool is_single,
                               double level, uint64_t seed)
{
    struct comparison out = { .difference = NAN, .se = NAN, .interval = { NULL, NAN, NAN }, .p = NAN };
    double *d = xcalloc(count + 1, sizeof d[0]);
    const struct differences differences = { d, cluster, count };
    size_t only_a = 0, only_b = 0;

    is_single = is_single && cluster == NULL;
    for (size_t i = 0; i < count; i++) {
        d[i] = a[i] - b[i];
        is_single = is_single && is_bit(a[i]) && is_bit(b[i]);
        only_a += d[i] > 0;
        only_b += d[i] < 0;
    }
    if (count > 0) {
        set_error(&out, &differences);
        out.test = is_single ? "mcnemar" : "permutation";
        set_chance(&out, &differences, only_a, only_b, seed);
        out.interval = choose_interval(&out, &differences, level, seed);
    }
    free(d);
    return out;
}

/* Indices of p, the smallest first. */
static size_t *order_of(const double *p, size_t count)
{
    size_t *order = xcalloc(count + 1, sizeof order[0]);

    for (size_t i = 0; i < count; i++) {
        size_t at = i;
        while (at > 0 && p[order[at - 1]] > p[i]) {
            order[at] = order[at - 1];
            at--;
        }
        order[at] = i;
    }
    return order;
}

void pair_holm(const double *p, size_t count, double *out)
{
    size_t *order = order_of(p, count);
    double most = 0;

    for (size_t i = 0; i < count; i++) {
        most = fmax(most, fmin(1, (double)(count - i) * p[order[i]]));
        out[order[i]] = most;
    }
    free(order);
}
