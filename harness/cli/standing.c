#include "harness/cli/standing.h"

#include <stdlib.h>
#include <string.h>

#include "harness/base/mem.h"
#include "harness/engine/ledger.h"
#include "harness/engine/sample.h"
#include "harness/engine/task.h"

#define LEVEL 0.95

/* A question heard; cluster NULL: it stands alone. */
struct question { double mean; const char *cluster; };

static int by_cluster(const void *a, const void *b)
{
    const struct question *one = a, *two = b;

    if (one->cluster == NULL || two->cluster == NULL)
        return (one->cluster == NULL) - (two->cluster == NULL);
    return strcmp(one->cluster, two->cluster);
}

static bool is_other(const struct question *one, const struct question *two)
{
    return one->cluster == NULL || two->cluster == NULL || strcmp(one->cluster, two->cluster) != 0;
}

/* questions are sorted by cluster, those that have one first. */
static struct estimate estimate(const struct question *questions, size_t count, size_t epochs)
{
    double *x = xcalloc(count + 1, sizeof x[0]);
    size_t *cluster = xcalloc(count + 1, sizeof cluster[0]);
    bool has_clusters = count > 0 && questions[0].cluster != NULL;
    struct estimate out;

    for (size_t i = 0; i < count; i++) {
        x[i] = questions[i].mean;
        if (i > 0)
            cluster[i] = cluster[i - 1] + is_other(&questions[i - 1], &questions[i]);
    }
    out = estimate_mean(&(struct scores){ .x = x, .cluster = has_clusters ? cluster : NULL, .count = count,
                                          .epochs = epochs }, LEVEL);
    free(cluster);
    free(x);
    return out;
}

struct standing standing_read(const struct ledger *ledger, size_t w)
{
    const struct work *work = ledger_work(ledger, w);
    struct standing standing = { .task = work->task->name, .questions = work->sample_count };
    struct question *questions = xcalloc(work->sample_count + 1, sizeof questions[0]);
    size_t epochs_most = 1;

    for (size_t s = 0; s < work->sample_count; s++) {
        size_t epochs;
        double mean = ledger_mean(ledger, w, s, &epochs);
        if (epochs == 0)
            continue;
        epochs_most = epochs > epochs_most ? epochs : epochs_most;
        questions[standing.heard++] = (struct question){ mean, work->samples[s]->cluster };
    }
    qsort(questions, standing.heard, sizeof questions[0], by_cluster);
    standing.estimate = estimate(questions, standing.heard, epochs_most);
    free(questions);
    return standing;
}
