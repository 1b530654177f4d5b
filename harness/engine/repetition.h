/*
 * repetition: does a text end by saying the same thing over and over? Models caught in a loop do, until they are cut.
 */
#ifndef VERNIER_ENGINE_REPETITION_H
#define VERNIER_ENGINE_REPETITION_H

#include <stdbool.h>

/* True when the last 600 bytes or more are one piece of at most 600 bytes said at least six times in a row. */
bool repetition_ends(const char *text);

#endif
