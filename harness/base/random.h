/*
 * random: generators whose every number is fixed by the seed, for sampling, shuffling and jitter. Never for secrets.
 *
 * splitmix64: our own choices and resampling. MT19937 as Python's `random` module drives it: orders of choices that
 * other harnesses can make again (https://docs.python.org/3/library/random.html; CPython's _randommodule.c is the
 * reference for the order of draws).
 */
#ifndef VERNIER_BASE_RANDOM_H
#define VERNIER_BASE_RANDOM_H

#include <stddef.h>
#include <stdint.h>

struct splitmix { uint64_t state; };      /* state is the seed */

uint64_t splitmix_next(struct splitmix *random);
uint64_t splitmix_below(struct splitmix *random, uint64_t n);   /* uniform in 0..n-1, n > 0: 128-bit multiply, reject */
double splitmix_unit(struct splitmix *random);                  /* uniform in [0,1), 53 bits */

struct twister { uint32_t state[624]; size_t index; };

void twister_seed(struct twister *random, uint64_t seed);       /* as Python's random.Random(seed), seed >= 0 */
uint32_t twister_next(struct twister *random);                  /* getrandbits(32) */
uint64_t twister_below(struct twister *random, uint64_t n);     /* _randbelow(n), n > 0 */
void twister_shuffle(struct twister *random, unsigned char *items, size_t count);   /* random.shuffle */

#endif
