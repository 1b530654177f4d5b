/*
 * integer_box: the integer that a box gives, and what stands in for a box.
 *
 * A box decides when there is one with something in it; else "\boxed 82"; else the last "answer:" or "answer is". An
 * expression that still has to be computed (1/2, 5^3, 12+13) is no integer.
 */
#ifndef VERNIER_READERS_INTEGER_BOX_H
#define VERNIER_READERS_INTEGER_BOX_H

#include "tasks/readers/integer.h"

/* text as final_read gives it. */
struct integer integer_find(struct span text, struct arena *arena);

#endif
