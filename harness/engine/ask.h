/*
 * ask: one thing an episode wants to know, and where its reply will stand.
 *
 * Life: made by ask_model and its kin in a step, submitted to a runner by the engine when the step returns, held by the
 * runner until collect hands it back with its reply filled, journaled, then read by the next step. Exactly one reply
 * each. Lives in its episode's arena.
 */
#ifndef VERNIER_ENGINE_ASK_H
#define VERNIER_ENGINE_ASK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/engine/grading.h"
#include "harness/engine/likelihood.h"
#include "harness/engine/reply.h"

struct call;
struct episode;

enum ask_kind { ASK_MODEL, ASK_ENV, ASK_GRADE };
#define ASK_KINDS 3

/* What a fresh box is to do: files are written, then the commands run one after another. Borrowed, arena-lived. */
struct exam {
    const struct exam_file { const char *path, *content; size_t length; } *files;
    size_t file_count;
    const char *const *commands;
    size_t command_count;
    int64_t timeout_ms;
    size_t output_max;
};

/* A tool the model may call. */
struct tool { const char *name, *description, *parameters; /* a JSON Schema, as text */ };

struct ask {
    struct ask *next;                  /* in the ask_list it stands in: the engine's, a runner's */
    struct episode *episode;
    enum ask_kind kind;
    const char *role;                  /* "model", "user", "judge", "rival"; "env", "exam"; "grade" */
    int ordinal;                       /* from 0, over the episode's life */

    const struct chat *chat;           /* ASK_MODEL: everything said so far; it stands still while the ask is out, since
                                          no step runs before all replies are in */
    const struct tool *tools;          /* ASK_MODEL: what it may call */
    size_t tool_count;
    const struct continuations *continuations;      /* ASK_MODEL: no words are wanted but how likely these are; else NULL */
    const struct rubric *rubric;       /* ASK_MODEL, role "judge": by what its reply is read; not in the hash. Else NULL */
    uint64_t seed;                     /* ASK_MODEL: for the server's sampler; fixed by run seed, sample, epoch, ordinal */
    const struct part *action;         /* ASK_ENV, role "env": what the model wants done: a text or a tool call */
    const struct exam *exam;           /* ASK_ENV, role "exam" */
    struct grading grading;            /* ASK_GRADE */

    char hash[65];                     /* of all the above that is asked; "" of ASK_GRADE */
    struct reply reply;                /* filled by the runner; its strings in the episode's arena */
    struct call *calls;            /* the tries, oldest first; the runner adds them, in the episode's arena */
    int64_t submitted_ms;              /* monotonic */
    int64_t episode_row;               /* its episode's in the store, when it was submitted; 0: none was on disk */
    bool is_out;                       /* at a runner */
};

/* Asks in a row, first in first out; zeroed is empty. An ask stands in one list at a time. */
struct ask_list { struct ask *first, *last; };

void ask_list_add(struct ask_list *list, struct ask *ask);
struct ask *ask_list_take(struct ask_list *list);   /* the first, or NULL */

const char *ask_kind_name(enum ask_kind kind);      /* "model", "env", "grade" */

/* Fills ask->hash; of what is journaled, so of all but ASK_GRADE. */
void ask_hash(struct ask *ask);

#endif
