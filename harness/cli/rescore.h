/*
 * rescore: the score of each task under other profiles than the one it was asked under, beside the score that counts: a
 * table, a row for each task and profile. Means over questions of each one's mean over its epochs, as reports have them.
 */
#ifndef VERNIER_CLI_RESCORE_H
#define VERNIER_CLI_RESCORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;
struct rescore;

/* One reply read again. Strings are borrowed until the end. */
struct reread {
    const char *task, *profile;
    int64_t question;               /* row id */
    double old_score, new_score;
    bool differs;                   /* in more than that, perhaps: in the answer read */
};

struct rescore *rescore_new(void);
void rescore_free(struct rescore *rescore);        /* NULL is allowed */

/* They come profile by profile, in each task by task, in each question by question. */
void rescore_add(struct rescore *rescore, const struct reread *reread);

/* Adds the table, tasks as first met; nothing where nothing was read. */
void rescore_write(struct rescore *rescore, struct buf *out);

#endif
