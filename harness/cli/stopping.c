#include "harness/cli/stopping.h"

static const char *const WORDS[] = {
    [STOPPING_WISH] = "stopping: waiting for the calls in flight; interrupt again to drop them",
    [STOPPING_CLOCK] = "the time limit is reached: waiting for the calls in flight",
    [STOPPING_MONEY] = "the money is used up: what is left may not pay for another call",
    [STOPPING_OUTAGE] = "the provider answers nobody: waiting for the calls in flight",
    [STOPPING_REFUSAL] = "the provider turns every request down, or answers with nothing of use: nobody else is asked",
    [STOPPING_FAULT] = "the store failed: waiting for the calls in flight",
};

const char *stopping_words(enum stopping stopping)
{
    return WORDS[stopping];
}

bool stopping_is_all(enum stopping stopping)
{
    return stopping == STOPPING_WISH || stopping == STOPPING_CLOCK || stopping == STOPPING_MONEY;
}

const char *stopping_preface(enum engine_end end)
{
    if (end == ENGINE_OUTAGE)
        return "the provider answers nobody: the run stops, the same command goes on; the last it said: ";
    if (end == ENGINE_REFUSAL)
        return "the provider turned down every request, or every one of late, or answers with nothing of use, so no "
               "sample is to blame: the run stops, and the same command goes on once that is mended (a larger --max-void "
               "lets it go on as it is); it said: ";
    return NULL;
}
