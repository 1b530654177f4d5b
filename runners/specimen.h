/*
 * specimen: one answer of a server to a short ask of a probe, and what it shows of the server: whether it takes what it
 * is sent, ends by itself, keeps thinking where it belongs, counts its tokens. Pure: an answer in, findings out.
 */
#ifndef VERNIER_RUNNERS_SPECIMEN_H
#define VERNIER_RUNNERS_SPECIMEN_H

#include <stdbool.h>
#include <stdint.h>

#include "runners/dialect.h"
#include "runners/heard.h"
#include "runners/probe.h"

struct ask;

/* Strings are borrowed. */
struct specimen {
    const struct ask *ask;
    const char *question;                   /* a sentence of it that no answer holds */
    const struct dialect *dialect;          /* whose fixes are told; dialect_unnamed: anybody's */
    const char *const *fields;              /* of the request, as named on the wire, NULL-terminated: one may be refused */
    enum thinking thinking;                 /* as asked for */
    enum severity thinks_not;                /* what it is worth that a model does not think where it was asked to */
    int64_t limit;                          /* tokens that the answer might have */
    bool stream;
    struct heard heard;
    const char *content, *reasoning;        /* as they came, before thinking was split off the text */
    int64_t first_byte_ms, elapsed_ms;      /* of the call; first byte -1: none came */
};

/* Tokens that a specimen may have. */
#define SPECIMEN_TOKENS_MAX 1024

/* Fewer are no proof that an answer would not have ended. */
#define SPECIMEN_TOKENS_MIN 256

/* All that the answer to a plain question shows; or why there is none. */
void specimen_judge_answer(struct probe *probe, const struct specimen *specimen);

/* Whether a tool that was to be called was. */
void specimen_judge_tools(struct probe *probe, const struct specimen *specimen);

/* Whether a picture was taken. */
void specimen_judge_images(struct probe *probe, const struct specimen *specimen);

#endif
