#include "reports/stats/sum.h"

#include <math.h>

void sum_add(struct sum *sum, double x)
{
    double next = sum->total + x;

    /* The smaller of the two is the one whose low digits were rounded away. */
    if (fabs(sum->total) >= fabs(x))
        sum->lost += (sum->total - next) + x;
    else
        sum->lost += (x - next) + sum->total;
    sum->total = next;
}

double sum_value(const struct sum *sum)
{
    return sum->total + sum->lost;
}

void sum_add_known(int64_t *total, int64_t more)
{
    if (more < 0)
        return;
    if (*total < 0)
        *total = 0;
    if (__builtin_add_overflow(*total, more, total))
        *total = INT64_MAX;
}
