/*
 * weigh: how likely a prompt is, as a server of completions tells it with "echo" and "logprobs".
 */
#ifndef VERNIER_FAKE_WEIGH_H
#define VERNIER_FAKE_WEIGH_H

#include "tests/fake/shape.h"

/* Whether there is a fault of that name ("sound" is none). */
bool weigh_find_fault(const char *name, enum weigh_fault *out);

/* Writes the body of the answer to draft->request. */
void weigh_write(struct draft *draft);

#endif
