#include "reports/items.h"

#include <math.h>
#include <stdlib.h>

#include "harness/base/mem.h"
#include "reports/stats/mean.h"
#include "reports/stats/sum.h"

void items_add(struct items *items, double mean, size_t cluster, size_t category, size_t form)
{
    if (items->count == items->room) {
        items->room = items->room == 0 ? 1024 : 2 * items->room;
        items->mean = xreallocarray(items->mean, items->room, sizeof *items->mean);
        items->cluster = xreallocarray(items->cluster, items->room, sizeof *items->cluster);
        items->category = xreallocarray(items->category, items->room, sizeof *items->category);
        items->form = xreallocarray(items->form, items->room, sizeof *items->form);
    }
    items->mean[items->count] = mean;
    items->cluster[items->count] = cluster;
    items->category[items->count] = category;
    items->form[items->count] = form;
    items->count++;
    items->lone += cluster == ITEM_NOWHERE;
}

void items_free(struct items *items)
{
    free(items->mean);
    free(items->cluster);
    free(items->category);
    free(items->form);
    *items = (struct items){ 0 };
}

/*
 * Where each sample goes when those of one label stand together, in their order: every label has a range, and `next`
 * tells where in it the coming one goes. Those of no label stand behind the others.
 */
static void find_places(const size_t *label, size_t count, size_t label_count, size_t *place)
{
    size_t *next = xcalloc(label_count + 2, sizeof *next);

    for (size_t i = 0; i < count; i++)
        next[(label[i] < label_count ? label[i] : label_count) + 1]++;
    for (size_t i = 0; i < label_count; i++)
        next[i + 1] += next[i];
    for (size_t i = 0; i < count; i++)
        place[i] = next[label[i] < label_count ? label[i] : label_count]++;
    free(next);
}

void items_gather_clusters(struct items *items, size_t cluster_count)
{
    size_t *place = xcalloc(items->count, sizeof *place);
    struct items sorted = { .mean = xcalloc(items->count, sizeof *sorted.mean),
                            .cluster = xcalloc(items->count, sizeof *sorted.cluster),
                            .category = xcalloc(items->count, sizeof *sorted.category),
                            .form = xcalloc(items->count, sizeof *sorted.form),
                            .count = items->count, .room = items->count, .lone = items->lone, .is_clustered = true,
                            .epochs = items->epochs };
    size_t lone = 0;

    find_places(items->cluster, items->count, cluster_count, place);
    for (size_t i = 0; i < items->count; i++) {
        sorted.mean[place[i]] = items->mean[i];
        sorted.category[place[i]] = items->category[i];
        sorted.form[place[i]] = items->form[i];
        sorted.cluster[place[i]] = items->cluster[i] < cluster_count ? items->cluster[i] : cluster_count + lone++;
    }
    free(place);
    items_free(items);
    *items = sorted;
}

struct estimate items_estimate(const struct items *items, double level)
{
    return estimate_mean(&(struct scores){ .x = items->mean, .cluster = items->is_clustered ? items->cluster : NULL,
                                           .count = items->count, .epochs = items->epochs }, level);
}

static size_t part_of(const struct partition *partition, size_t item)
{
    size_t label = partition->label[item];

    if (label >= partition->label_count)
        return ITEM_NOWHERE;
    return partition->of != NULL ? partition->of[label] : label;
}

static bool shares_clusters(const size_t *cluster, size_t count)
{
    for (size_t i = 1; i < count; i++)
        if (cluster[i] == cluster[i - 1])
            return true;
    return false;
}

/* One part's samples, in order of their clusters. */
static struct estimate estimate_part(const struct items *items, const double *mean, const size_t *cluster, size_t count,
                                     double level)
{
    bool is_clustered = items->is_clustered && shares_clusters(cluster, count);

    return estimate_mean(&(struct scores){ .x = mean, .cluster = is_clustered ? cluster : NULL, .count = count,
                                           .epochs = items->epochs }, level);
}

void items_estimate_parts(const struct items *items, const struct partition *partition, double level,
                          struct estimate *out)
{
    size_t *part = xcalloc(items->count, sizeof *part), *place = xcalloc(items->count, sizeof *place);
    size_t *cluster = xcalloc(items->count, sizeof *cluster), *counts = xcalloc(partition->part_count + 1, sizeof *counts);
    double *mean = xcalloc(items->count, sizeof *mean);

    for (size_t i = 0; i < items->count; i++) {
        part[i] = part_of(partition, i);
        counts[part[i] < partition->part_count ? part[i] : partition->part_count]++;
    }
    find_places(part, items->count, partition->part_count, place);
    for (size_t i = 0; i < items->count; i++) {
        mean[place[i]] = items->mean[i];
        cluster[place[i]] = items->cluster[i];
    }
    for (size_t i = 0, first = 0; i < partition->part_count; first += counts[i], i++)
        if (counts[i] > 0)
            out[i] = estimate_part(items, mean + first, cluster + first, counts[i], level);
    free(part);
    free(place);
    free(cluster);
    free(counts);
    free(mean);
}

/* sqrt(sum of d_g^2 * G / (G - 1)); items stand cluster by cluster, and a cluster without a sample in a part is none. */
static double clustered_se(const struct items *items, const struct partition *partition, const struct estimate *parts,
                           const bool *is_meant, size_t part_count)
{
    struct sum squares = { 0 };
    size_t clusters = 0;

    for (size_t i = 0, first; i < items->count;) {
        struct sum residual = { 0 };
        bool is_there = false;
        for (first = i; i < items->count && items->cluster[i] == items->cluster[first]; i++) {
            size_t part = part_of(partition, i);
            if (part >= partition->part_count || !is_meant[part])
                continue;
            sum_add(&residual, (items->mean[i] - parts[part].mean) / ((double)part_count * (double)parts[part].count));
            is_there = true;
        }
        clusters += is_there;
        sum_add(&squares, sum_value(&residual) * sum_value(&residual));
    }
    if (clusters < CLUSTERS_MIN)
        return NAN;
    return sqrt(sum_value(&squares) * (double)clusters / (double)(clusters - 1));
}

struct macro items_macro(const struct items *items, const struct partition *partition, const struct estimate *parts,
                         const bool *is_meant)
{
    struct macro macro = { .mean = NAN, .se = NAN };
    struct sum means = { 0 }, squares = { 0 };
    bool has_lone = false;

    for (size_t i = 0; i < partition->part_count; i++) {
        if (!is_meant[i])
            continue;
        macro.parts++;
        sum_add(&means, parts[i].mean);
        sum_add(&squares, parts[i].se * parts[i].se);
        has_lone = has_lone || parts[i].count < 2;
    }
    if (macro.parts == 0)
        return macro;
    macro.mean = sum_value(&means) / (double)macro.parts;
    if (isnan(macro.mean) || has_lone)
        return macro;
    macro.se = items->is_clustered ? clustered_se(items, partition, parts, is_meant, macro.parts)
                                   : sqrt(sum_value(&squares)) / (double)macro.parts;
    return macro;
}
