/*
 * items: a task's samples as numbers: the mean of each over its epochs, its cluster, category and form; and what they
 * amount to, together, by part, and with every part counted the same.
 *
 * A part is one of these, by its number. Errors are over questions, corrected for clusters as interval.h
 * says; in a part where no two samples share a cluster there is nothing to correct.
 */
#ifndef VERNIER_REPORTS_ITEMS_H
#define VERNIER_REPORTS_ITEMS_H

#include <stdbool.h>
#include <stddef.h>

#include "reports/stats/interval.h"

#define ITEM_NOWHERE ((size_t)-1)   /* in no cluster, in no category */

/* Starts as { 0 }. */
struct items {
    double *mean;
    size_t *cluster, *category, *form;
    size_t count, room;
    size_t lone;                    /* in no cluster: each is one of its own */
    bool is_clustered;              /* set by items_gather_clusters */
    size_t epochs;                  /* the most that any was scored in; the caller's to set before an estimate */
};

void items_add(struct items *items, double mean, size_t cluster, size_t category, size_t form);
void items_free(struct items *items);

/* All are there: from now on those of a cluster stand together, and errors are corrected for clusters 0 .. count - 1. */
void items_gather_clusters(struct items *items, size_t cluster_count);

struct estimate items_estimate(const struct items *items, double level);

/* How samples form parts: sample i is in part of[label[i]]. Where that is no part, it counts in none. */
struct partition {
    const size_t *label;            /* items->category, form or cluster */
    size_t label_count;             /* labels from here on are in no part */
    const size_t *of;               /* label_count numbers, or ITEM_NOWHERE; NULL: each label is a part */
    size_t part_count;
};

/* Sets out[part] of every part with a sample in it, and leaves the others as they are. */
void items_estimate_parts(const struct items *items, const struct partition *partition, double level,
                          struct estimate *out);

/*
 * The mean of the parts' means, m = sum of m_k / K, and its error: for independent samples sqrt(sum of se_k^2) / K; for
 * clusters, which may reach over parts, sqrt(sum over clusters g of d_g^2 * G / (G - 1)) with d_g the sum over its
 * samples of (x - m_k) / (K n_k) (the linearised error of a stratified mean: Woodruff, JASA 66, 1971). NAN where a part
 * has no mean; se NAN where a part has one sample, or with less than CLUSTERS_MIN clusters. parts is
 * as items_estimate_parts has it; K of them are meant: those of the outermost categories.
 */
struct macro { size_t parts; double mean, se; };
struct macro items_macro(const struct items *items, const struct partition *partition, const struct estimate *parts,
                         const bool *is_meant);

#endif
