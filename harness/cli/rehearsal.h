/*
 * rehearsal: the prompts of a plan, each made once before anybody is asked: what its fingerprint and the probes want to
 * know of them. The first epoch stands for all.
 */
#ifndef VERNIER_CLI_REHEARSAL_H
#define VERNIER_CLI_REHEARSAL_H

#include <stdbool.h>
#include <stddef.h>

struct resolved;

/* Of a task's prompts. Zeroed: not yet made. */
struct rehearsal {
    char prompts_sha256[65];        /* of whatever decides what is asked: system message, prompt, the choices' form and order */
    size_t prompt_bytes;            /* of the longest */
    const char *prompt;             /* that one's text; NULL: none has any */
    bool images;                    /* some show pictures */
    bool words, likelihoods;        /* the first step asks for words (or for an environment); how likely continuations are */
    bool more_than_letters;         /* and some of these are no single letter */
};

/* Fills the rehearsal of each task of the plan, which must not have one. Texts live in the plan's arena. */
void rehearse(const struct resolved *resolved);

#endif
