/*
 * work: what one comparison holds: its memory, its meter, its policy. Cleared between comparisons, so the memory is used
 * again.
 *
 * A limit is sticky: whoever passes one calls work_stop and goes on with anything harmless; loops ask work_stopped, and
 * the comparison looks once at its end. So trees need no error paths.
 */
#ifndef VERNIER_MATHS_WORK_H
#define VERNIER_MATHS_WORK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <flint/fmpq.h>

struct arena;

/* A rational number in the arena, whose inside FLINT holds on its heap. */
struct rational {
    fmpq_t value;
    struct rational *next;
};

struct work {
    struct arena *arena;
    struct rational *rationals;     /* all of them, for work_clear */
    size_t node_count;
    size_t cost;                    /* units spent, see LIMIT_COST */
    const char *stopped;            /* the limit passed, in words; NULL */
    uint32_t policy;                /* what is accepted */
    uint32_t used;                  /* what had to be */
    uint64_t seed;                  /* of points and primes: from the texts compared, so that the same give the same */
};

struct work *work_new(void);
void work_free(struct work *work);
void work_clear(struct work *work);

void work_stop(struct work *work, const char *limit);

/* Counts units of cost; past LIMIT_COST it stops. False when stopped. */
bool work_spend(struct work *work, size_t units);

/* Whether that is accepted; if so it is noted as used. */
bool work_allows(struct work *work, uint32_t policy);

/* 0, cleared with the work. */
fmpq *work_rational(struct work *work);

/* The next of the work's own random numbers (splitmix64). */
uint64_t work_random(struct work *work);

#endif
