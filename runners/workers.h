/*
 * workers: a few copies of one program that answers lines with lines: vernier-worker, or a user's own grader. They are
 * started when the first line comes, supervised, and started again when they die.
 *
 * Every line comes back exactly once, with an answer or with words why there is none. A line on which a program dies,
 * hangs or says what is no JSON object is given to a fresh one, alone, once; then it is the line's fault. A program that
 * never answers anything is given up as a whole. In a hurry a line may come back with neither. Main thread only.
 */
#ifndef VERNIER_RUNNERS_WORKERS_H
#define VERNIER_RUNNERS_WORKERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/base/err.h"

struct runner_wait;
struct workers;

struct worker_line {
    struct worker_line *prev, *next;    /* in the list it stands in */
    void *owner;                        /* the caller's, untouched */
    char *text;                         /* without its newline; malloc'd, freed with the line */
    size_t length;
    int faults;                         /* programs it has brought down */
    int64_t submitted_ms;               /* monotonic */
    int64_t begun_ms;                   /* when it came to the head of its program's lines, monotonic; 0: not yet */
    char *answer;                       /* a line that begins with {; NULL: there is none */
    size_t answer_length;
    char *problem;                      /* why there is no answer; NULL when there is one, or it is left */
    bool is_left;                       /* no answer came in time, in a hurry; nobody is to blame */
};

struct workers_spec {
    const char *const *argv;            /* borrowed until the close */
    size_t count;                       /* programs at most, >= 1 */
    int64_t limit_ms;                   /* for one line; noticed when workers_collect is called */
    size_t line_max;                    /* longest answer */
    bool is_ours;                       /* known to answer each line with one: several may be said ahead */
};

/* NULL with err set when the system has no descriptor left; the program itself is not started yet. */
struct workers *workers_open(const struct workers_spec *spec, struct err *err);
void workers_close(struct workers *workers);        /* kills them; lines not collected are freed; NULL is allowed */

/* text is taken over. */
void workers_submit(struct workers *workers, char *text, size_t length, void *owner);

/* A line that is done, or NULL; to be called until it is NULL. Freed by the caller with worker_line_free. */
struct worker_line *workers_collect(struct workers *workers);
void worker_line_free(struct worker_line *line);

/* From now on a line has so long, from now or from its submission, until it comes back with an answer or as it is; a
 * program that has not answered it then is killed. */
void workers_hurry(struct workers *workers, int64_t within_ms);

/* Forgets every line; none comes back. */
void workers_drop(struct workers *workers);

/* What the line of that owner waits for; false: none of theirs is there. */
bool workers_explain(const struct workers *workers, const void *owner, struct runner_wait *out);

/* Readable when workers_collect has something to do. */
int workers_fd(const struct workers *workers);

#endif
