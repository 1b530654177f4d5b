/*
 * maths: whether a mathematical answer equals the right one. The decision is certified: "equal" and "different" are
 * proved (exact arithmetic, enclosures, separation bounds; for functions of variables by random points, see modular.h
 * and decide.h). What is numerically equal but unproved is "undecided" and scores 0, counted apart.
 *
 * An answer is LaTeX or plain text, as tasks/readers/maths.h finds it in an output. The same texts and policy always give
 * the same verdict: limits count operations, random points come from the texts. Nothing waits, and memory is bounded
 * (tasks/maths/limits.h). It links FLINT, whose failure to get memory ends the process; so it runs in a worker.
 *
 * A struct maths belongs to one thread; call maths_finish at that thread's end, for FLINT's caches.
 */
#ifndef VERNIER_MATHS_MATHS_H
#define VERNIER_MATHS_MATHS_H

#include <stdint.h>

#include "tasks/maths/policy.h"

/* Raised whenever a verdict can come out differently. */
#define MATHS_VERSION 3

enum maths_verdict {
    MATHS_EQUAL,
    MATHS_DIFFERENT,
    MATHS_UNDECIDED,        /* numerically equal to 2048 bits, or of no value that can be compared: score 0 */
    MATHS_UNPARSED,         /* the answer is empty, or no mathematics where some was asked for: score 0 */
    MATHS_LIMIT,            /* the answer is too large to work out: score 0 */
    MATHS_BAD_GOLD,         /* the right answer is empty or too large: the sample is void */
};

struct maths_result {
    enum maths_verdict verdict;
    const char *rule;           /* what decided, or the limit passed, in words */
    const char *gold;           /* canonical text; NULL when there is none */
    const char *answer;         /* the same of the answer. Answers of one text are equal: it is their class */
    uint32_t policies;          /* bits without which it would not be equal (tasks/maths/policy.h) */
};

struct maths;

struct maths *maths_new(void);
void maths_free(struct maths *maths);       /* NULL is allowed */

/* out's strings live until the next call with this maths. gold and answer are NUL-terminated. */
void maths_compare(struct maths *maths, uint32_t policy, const char *gold, const char *answer, struct maths_result *out);

/* The canonical text of one answer, as maths_compare gives it; NULL when it passes a limit. Lives as long. */
const char *maths_canonical(struct maths *maths, uint32_t policy, const char *answer);

const char *maths_verdict_name(enum maths_verdict verdict);     /* "equal", "bad_gold" */

/* Frees what FLINT keeps for this thread. */
void maths_finish(void);

#endif
