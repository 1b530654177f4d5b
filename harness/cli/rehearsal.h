/*
 * rehearsal: the prompts of a task, each made once before anybody is asked: what a plan's fingerprint and the probes want
 * to know of them. The first epoch stands for all.
 */
#ifndef VERNIER_CLI_REHEARSAL_H
#define VERNIER_CLI_REHEARSAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct work;

/* Of a task's prompts. Zeroed: not yet made. */
struct rehearsal {
    char prompts_sha256[65];        /* of what decides what is asked: system message, prompt, the choices' form and order */
    size_t prompt_bytes;            /* of the longest */
    const char *prompt;             /* that one's text; NULL: none has any */
    bool images;                    /* some show pictures */
    bool words, likelihoods;        /* the first step asks for words (or for an environment); how likely continuations are */
    bool more_than_letters;         /* and some of these are no single letter */
};

/* Fills *out, which must be zeroed, with what the samples chosen are asked under the plan's seed. Texts live in arena. */
void rehearse(const struct work *work, uint64_t seed, struct arena *arena, struct rehearsal *out);

#endif
