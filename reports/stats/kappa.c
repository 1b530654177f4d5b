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
