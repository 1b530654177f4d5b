/*
 * draw: what protocols do that answer at random where a model gave no answer. Ours counts what the draw would score on
 * average; a reader that draws says so in its note.
 */
#ifndef VERNIER_READERS_DRAW_H
#define VERNIER_READERS_DRAW_H

#include <stddef.h>

struct answer;
struct arena;
struct grading;

/* No answer, for what one of choice_count would score. */
void draw_expected(size_t choice_count, struct answer *out);

/* Where there is no answer, one of the labels: Python's Random(seed).choice(labels), the seed being the first 8 bytes,
 * big-endian, of sha256(sample id "#draw"). The authors' own generators go on from one answer to the next, in the
 * order of their file, which no reading of a single reply can make again. Returns 0. */
int draw_where_none(const struct grading *grading, struct arena *arena, struct answer *out);

#endif
