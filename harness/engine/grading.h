/*
 * grading: what a grade ask carries, and the two plugins that answer it. A reader turns what the model said into an
 * answer, a grader compares the answer with the target. Both are pure: the same grading gives the same verdict.
 */
#ifndef VERNIER_ENGINE_GRADING_H
#define VERNIER_ENGINE_GRADING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/base/err.h"
#include "harness/engine/reply.h"

struct arena;
struct sample;

/* What the reason of an episode begins with that is void because its reply could not be graded. */
#define GRADING_FAILED "grading: "

struct grading {
    const struct grader *grader;
    const struct reader *reader;
    const struct sample *sample;
    const unsigned char *order;     /* order[k]: which of the sample's choices stood at label k; NULL: the data's order */
    const char *target;             /* this epoch's expected answer, as it was shown: "C", "204" */
    const struct reply *said;       /* the model's last words */
    const char *stop;               /* where this begins in them they are not read on; NULL: they are read whole */
    const struct reply *exam;       /* what the exam, or a judge, said; NULL when the task holds none */
};

struct answer {
    const char *text;               /* canonical for its kind ("B", "204"); NULL when there is none. In the arena. */
    const char *note;               /* why there is none, or how it was read, where that helps; NULL otherwise */
    double credit;                  /* what none scores: 0, or as a protocol's random draw does on average */
};

struct reader {
    const char *name;               /* "canonical", "simple_evals", ... */
    const char *grader;             /* whose answers it reads: "choice", "integer" */
    const char *summary;
    int version;                    /* raised whenever an output can read differently */
    bool weighs;                    /* reads how likely the choices are (likelihood.h), not words */
    bool tells;                     /* its note on an answer that was read is kept with the verdict */
    bool draws;                     /* no answer counts as a random draw does, or is drawn */
    const char *before, *after;     /* what a perfect reply says around its answer; NULL: the usual words are understood */
    /* 0 with *out set, or -1 with err set: a fault of ours or of a limit, never of the text. */
    int (*read)(const struct grading *grading, struct arena *arena, struct answer *out, struct err *err);
};

/* By what a model judges, and what it may say. */
struct rubric {
    const char *text;
    const char *const *labels;
    const double *scores;           /* of each label, 0 to 1 */
    size_t label_count;
};

struct grader {
    const char *name;
    const char *summary;
    int version;
    /* A program that grades, spoken with line by line (grading_line.h), its name first, NULL-terminated; NULL: grade
     * does. Slow or heavy graders, and those of users. */
    const char *const *program;
    const struct rubric *rubric;    /* a model judges by it, and grade reads what it said; NULL: no model does */
    bool wants_all;                 /* the program is told the question and the whole reply, not the answer alone */
    int64_t limit_ms;               /* of the program, for one verdict; 0: as of our own (runners/desk) */
    const char *sha256;             /* of one that a task file brings: of all there that decides its verdicts; else NULL */
    int (*grade)(const struct grading *grading, const struct answer *answer, struct arena *arena, struct grade *out,
                 struct err *err);
    /* Whether an expected answer, as a data set has it, is one that an answer can equal; asked when data is loaded. NULL:
     * any is. */
    bool (*takes)(const char *target);
    /* Whether two answers say the same, for `try`: expected as a case file has it. */
    bool (*equal)(const char *answer, const char *expected);
};

/* Reads; where nothing could be read (answer->text is NULL), *out is the verdict on that. -1 with err set. */
int grading_read(const struct grading *grading, struct arena *arena, struct answer *answer, struct grade *out,
                 struct err *err);

/* Reads, then grades, with a grader that is no program. out's strings live in arena. -1 with err set. */
int grading_run(const struct grading *grading, struct arena *arena, struct grade *out, struct err *err);

/* Where the sample says in which language it is asked: which the reply is in, its thinking apart. */
void grading_note_language(const struct grading *grading, struct grade *out);

#endif
