/*
 * stopping: why a run ends early, in words for the person who watches it.
 */
#ifndef VERNIER_CLI_STOPPING_H
#define VERNIER_CLI_STOPPING_H

#include "harness/engine/engine_status.h"

/* NULL of STOPPING_NOT. */
const char *stopping_words(enum stopping stopping);

/* Whether it ends the whole command, and not this run alone: a person, the clock, or the money. */
bool stopping_is_all(enum stopping stopping);

/* What stands before the provider's last words; NULL where how it ended is not the provider's doing. */
const char *stopping_preface(enum engine_end end);

#endif
