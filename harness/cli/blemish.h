/*
 * blemish: what is odd in a data set, though it can be run: told, never mended. Counts, and the first id.
 */
#ifndef VERNIER_CLI_BLEMISH_H
#define VERNIER_CLI_BLEMISH_H

struct resolved;
struct work;

/* What decides a score unseen: rows that stand there twice, pictures that are not there, choices that say the same as the
 * right one. A warning each; of every task. */
void blemish_warn(const struct resolved *resolved);

/* All that is known, on stdout, a line each. */
void blemish_print(const struct work *work);

#endif
