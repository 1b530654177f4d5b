/*
 * findings: what grading again has come to, counted, of all profiles together.
 */
#ifndef VERNIER_CLI_FINDINGS_H
#define VERNIER_CLI_FINDINGS_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/base/err.h"

struct rescore;

struct findings {
    struct rescore *rescore;        /* NULL: under the run's own profiles what changes is kept, and counts */
    size_t graded, changed, same, skipped, failed;
    size_t same_score, mended;      /* of those changed: the score is the same; void until now */
    enum exit_code worst;           /* of those that failed */
};

/* Of profiles the scores too, on stdout. keeps: what changed is kept. */
void findings_print(const struct findings *findings, bool keeps);

#endif
