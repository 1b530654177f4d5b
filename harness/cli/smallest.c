#include "harness/cli/smallest.h"

#include <math.h>
#include <stdbool.h>

#include "harness/base/log.h"
#include "harness/cli/resolve.h"
#include "reports/stats/power.h"

#define ALPHA 0.05
#define POWER 0.80

double smallest_difference(const struct work *work)
{
    if (work->sample_count == 0)
        return NAN;
    return power_smallest_difference(power_assumed_variance((size_t)work->epochs), work->sample_count, ALPHA, POWER);
}

static const char *plural(size_t count)
{
    return count == 1 ? "" : "s";
}

static bool forms_clusters(const struct work *work)
{
    for (size_t i = 0; i < work->sample_count; i++)
        if (work->samples[i]->cluster != NULL)
            return true;
    return false;
}

void smallest_tell(const struct resolved *resolved)
{
    size_t told = 0;

    for (size_t i = 0; i < resolved->count; i++) {
        const struct work *work = &resolved->tasks[i].work;
        size_t epochs = (size_t)work->epochs;
        if (work->sample_count == 0)
            continue;
        log_info("%s: the smallest difference that %zu question%s and %zu epoch%s can show is %.1f points%s",
                 work->task->name, work->sample_count, plural(work->sample_count), epochs, plural(epochs),
                 100 * smallest_difference(work), forms_clusters(work) ? ", or more: the questions form clusters" : "");
        told++;
    }
    if (told > 0)
        log_info("(paired, 80 %% power, 5 %% two-sided; assumed: at one epoch two models differ on 10 %% of the questions, "
                 "9 of 10 by chance)");
}
