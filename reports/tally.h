/*
 * tally: one task's episodes of one run, added up into its line of the scoreboard.
 *
 * Rows come as rows_next gives them, so a sample's epochs stand together and a sample is done when the next one begins.
 */
#ifndef VERNIER_REPORTS_TALLY_H
#define VERNIER_REPORTS_TALLY_H

#include <stdint.h>

#include "reports/score.h"

struct arena;
struct result_row;
struct tally;

/*
 * Starts counting for line, in which stands what the plan says: names, chance, epochs, expected, may_cluster.
 * All else is set by tally_finish. seed: for maj@k, where the subsets are too many to count. by: whether each cluster's
 * score is wanted.
 */
struct tally *tally_new(struct arena *arena, struct score_line *line, uint64_t seed, enum score_by by);
void tally_add(struct tally *tally, const struct result_row *row);

/* Fills the line, its lists in the arena, and frees the tally. */
void tally_finish(struct tally *tally);

/* Frees it, the line left half counted. NULL is allowed. */
void tally_free(struct tally *tally);

#endif
