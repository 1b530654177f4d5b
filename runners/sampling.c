#include "runners/sampling.h"

const char *sampling_key(enum sampling_field field)
{
    static const char *const keys[] = {
        [SAMPLING_TEMPERATURE] = "temperature",
        [SAMPLING_TOP_P] = "top_p",
        [SAMPLING_TOP_K] = "top_k",
        [SAMPLING_MIN_P] = "min_p",
        [SAMPLING_PRESENCE_PENALTY] = "presence_penalty",
        [SAMPLING_FREQUENCY_PENALTY] = "frequency_penalty",
        [SAMPLING_REPETITION_PENALTY] = "repetition_penalty",
        [SAMPLING_MAX_TOKENS] = "max_tokens",
    };

    return keys[field];
}

struct sampling sampling_unstated(void)
{
    struct sampling sampling;

    for (int field = 0; field < SAMPLING_FIELDS; field++)
        sampling.value[field] = SAMPLING_UNSTATED;
    return sampling;
}
