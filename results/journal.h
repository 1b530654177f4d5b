/*
 * journal: what one run has heard, on disk before anyone acts on it.
 *
 * Rows are queued by pointer, without a copy, and all written by journal_commit in one transaction; when is the engine's
 * affair (commit_each_ms). The caller keeps what it queued alive and unchanged until a commit succeeds. A commit that
 * fails leaves the database as it was and the queue as it is, so it can be tried again or the program can stop: nothing is
 * half written.
 * After a commit that returned 0 everything queued before it is on disk (fsync), or the disk lies.
 */
#ifndef VERNIER_RESULTS_JOURNAL_H
#define VERNIER_RESULTS_JOURNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/base/call.h"
#include "harness/base/err.h"
#include "harness/base/price.h"

struct arena;
struct journal;
struct store;

/* One attempt at one sample. Strings borrowed; NULL where the schema says NULL. */
struct episode_row {
    int64_t id;                       /* 0 until its first commit, which sets it */
    int64_t sample;                   /* row id */
    const char *task;
    int epoch;
    bool finished;
    const char *outcome;              /* "scored", "void"; NULL until finished */
    const char *origin, *reason;      /* of a void */
    bool truncated, no_answer, refused, loop, tampered, unparsable;
    const char *target, *permutation;
    int64_t tokens_in, tokens_out, tokens_reasoning, tokens_cache;    /* TOKENS_UNKNOWN */
    int64_t cost_nanousd;             /* of all calls ever made for it, as far as known; COST_UNKNOWN: of none is it */
    int64_t unsure_nanousd;           /* most that those of unknown cost may have cost; COST_UNKNOWN: nobody knows */
    int passes, restarts;
    int64_t started_ms, ended_ms;
};

/* One ask and its reply. */
struct ask_row {
    int ordinal;
    const char *kind, *role, *request_hash;
    const char *reply;                /* JSON */
    size_t reply_length;
    int64_t elapsed_ms, cost_nanousd;
    bool is_free;                     /* adds nothing to the episode's figures, so that its row may stay as it is */
    const struct call *calls;     /* oldest first; only written, never read back by journal_read_asks */
};

struct grade_row {
    const char *grader;
    int version;
    const char *profile;
    double score;
    const char *answer, *answer_class, *reason;
    const char *verdict;              /* "equal", "undecided", ...: of graders that know more than a score; else NULL */
    const char *asked_language, *language;    /* of question and reply, where it was looked at; "und": cannot be told */
    int64_t graded_ms;
};

/* Never fails; the store must outlive it. */
struct journal *journal_open(struct store *store, int64_t run);
void journal_close(struct journal *journal);       /* drops what is queued; NULL is allowed */

/*
 * A reply came in: episode (as it stands now) and ask are written, so a void that is tried again is void no more. Of an
 * episode that is finished by the commit only the ask is written. An ask of the same ordinal is replaced, but what it
 * took stays: its calls, from whose last number the new ones' go on, and its cost, to which the new one is added.
 */
void journal_add_ask(struct journal *journal, struct episode_row *episode, const struct ask_row *ask);

/* An episode ended; grade is NULL for a void. */
void journal_add_outcome(struct journal *journal, struct episode_row *episode, const struct grade_row *grade);

/* An ask was given up before it was answered: its calls are written, as the episode's. */
void journal_add_calls(struct journal *journal, struct episode_row *episode, const struct call *calls);

/* An episode starts over: its asks go; its row and its calls, which were paid for, stay. */
void journal_add_restart(struct journal *journal, struct episode_row *episode);

/* The next commit that writes rows sets the run's unsure_nanousd with them. */
void journal_set_unsure(struct journal *journal, int64_t unsure_nanousd);

/* A later verdict on a scored episode (regrade): the row is added and counts from now on. */
void journal_add_grade(struct journal *journal, int64_t episode, bool no_answer, const struct grade_row *grade);

/* Rows queued since the last commit; and those of them that are replies. */
size_t journal_count(const struct journal *journal);
size_t journal_count_replies(const struct journal *journal);

/* Writes all that is queued, durably. 0, or -1 with err set (EXIT_STORE). Nothing queued: does nothing. */
int journal_commit(struct journal *journal, struct err *err);

/* All asks of an episode in order, in the arena. */
int journal_read_asks(struct store *store, struct arena *arena, int64_t episode, struct ask_row **asks, size_t *count,
                      struct err *err);

/* Tokens and money of an episode so far, into row. */
int journal_read_spending(struct store *store, int64_t episode, struct episode_row *row, struct err *err);

/* The calls of one ask of an episode, in the arena; for show. ordinal -1: those whose ask is no more. */
int journal_read_calls(struct store *store, struct arena *arena, int64_t episode, int ordinal,
                       struct call **calls, struct err *err);

#endif
