/*
 * sampling: the numbers that say how a model draws its tokens and how many it may draw. What is not stated is NAN.
 */
#ifndef VERNIER_RUNNERS_SAMPLING_H
#define VERNIER_RUNNERS_SAMPLING_H

#include <math.h>

enum sampling_field {
    SAMPLING_TEMPERATURE,
    SAMPLING_TOP_P,
    SAMPLING_TOP_K,
    SAMPLING_MIN_P,
    SAMPLING_PRESENCE_PENALTY,
    SAMPLING_FREQUENCY_PENALTY,
    SAMPLING_REPETITION_PENALTY,
    SAMPLING_MAX_TOKENS,
};
#define SAMPLING_FIELDS 8

#define SAMPLING_UNSTATED NAN

struct sampling { double value[SAMPLING_FIELDS]; };

/* The setting's key: "temperature", "top_p", ... */
const char *sampling_key(enum sampling_field field);

struct sampling sampling_unstated(void);

#endif
