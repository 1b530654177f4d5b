/*
 * prompt: what a model would be told, for people: turn by turn, a picture by its kind, size and hash.
 */
#ifndef VERNIER_CLI_PROMPT_H
#define VERNIER_CLI_PROMPT_H

#include <stdint.h>

struct profile;
struct sample;
struct task;

/* Prints the first epoch of that sample, and the answer expected, on stdout. Foreign text is shown escaped. */
void prompt_print(const struct task *task, const struct profile *profile, const struct sample *sample, uint64_t seed);

#endif
