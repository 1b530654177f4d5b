#include "reports/stats/kappa.h"

#include <math.h>

double kappa_of(const size_t pairs[2][2])
{
    double no_no = (double)pairs[0][0], no_yes = (double)pairs[0][1];
    double yes_no = (double)pairs[1][0], yes_yes = (double)pairs[1][1];
    double n = no_no + no_yes + yes_no + yes_yes, seen, chance;

    if (n == 0)
        return NAN;
    seen = (no_no + yes_yes) / n;
    chance = ((no_no + no_yes) * (no_no + yes_no) + (yes_no + yes_yes) * (no_yes + yes_yes)) / (n * n);
    return chance < 1 ? (seen - chance) / (1 - chance) : NAN;
}

/* The table as shares: rows what one said, columns what the other did. */
struct shares { double p[2][2], one[2], other[2], chance, n; };

static struct shares shares_of(const size_t pairs[2][2])
{
    struct shares s = { .n = (double)(pairs[0][0] + pairs[0][1] + pairs[1][0] + pairs[1][1]) };

    for (int i = 0; i < 2; i++)
        for (int k = 0; k < 2; k++) {
            s.p[i][k] = (double)pairs[i][k] / s.n;
            s.one[i] += s.p[i][k];
            s.other[k] += s.p[i][k];
        }
    s.chance = s.one[0] * s.other[0] + s.one[1] * s.other[1];
    return s;
}

static double square(double x)
{
    return x * x;
}

double kappa_stderr(const size_t pairs[2][2])
{
    double kappa = kappa_of(pairs), apart = 1 - kappa, agreed = 0, differed = 0;

    if (isnan(kappa) || pairs[0][1] + pairs[1][0] == 0 || pairs[0][0] + pairs[1][1] == 0)
        return NAN;
    const struct shares s = shares_of(pairs);
    for (int i = 0; i < 2; i++) {
        agreed += s.p[i][i] * square(1 - (s.one[i] + s.other[i]) * apart);
        differed += s.p[i][1 - i] * square(s.other[i] + s.one[1 - i]);
    }
    return sqrt(fmax(0, agreed + square(apart) * differed - square(kappa - s.chance * apart)) / s.n) / (1 - s.chance);
}

void kappa_interval(const size_t pairs[2][2], double *lower, double *upper)
{
    double half = 1.959963984540054 * kappa_stderr(pairs);

    *lower = isnan(half) ? NAN : fmax(-1, kappa_of(pairs) - half);
    *upper = isnan(half) ? NAN : fmin(1, kappa_of(pairs) + half);
}
