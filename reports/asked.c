#include "reports/asked.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "harness/base/arena.h"
#include "harness/base/json.h"

static const struct { const char *word, *words; } DIFFERENCES[] = {
    [ASKED_ALIKE] = { NULL, NULL },
    [ASKED_DATA] = { "data", "the data differ" },
    [ASKED_SELECTION] = { "selection", "other questions of the same data" },
    [ASKED_PROFILE] = { "profile", "the profiles differ" },
    [ASKED_PROMPTS] = { "prompts", "the prompts differ, though not in profile" },
};

struct asked asked_read(struct arena *arena, const struct json *task)
{
    return (struct asked){
        .profile = arena_strdup(arena, json_string(task, "profile")),
        .data_sha256 = arena_strdup(arena, json_string(task, "data_sha256")),
        .samples_sha256 = arena_strdup(arena, json_string(task, "samples_sha256")),
        .prompts_sha256 = arena_strdup(arena, json_string(task, "prompts_sha256")),
    };
}

/* What is not known does not differ. */
static bool differ(const char *a, const char *b)
{
    return a != NULL && b != NULL && strcmp(a, b) != 0;
}

enum asked_difference asked_compare(const struct asked *a, const struct asked *b)
{
    if (differ(a->samples_sha256, b->samples_sha256))
        return differ(a->data_sha256, b->data_sha256) ? ASKED_DATA : ASKED_SELECTION;
    if (differ(a->profile, b->profile))
        return ASKED_PROFILE;
    return differ(a->prompts_sha256, b->prompts_sha256) ? ASKED_PROMPTS : ASKED_ALIKE;
}

const char *asked_word(enum asked_difference difference)
{
    return DIFFERENCES[difference].word;
}

const char *asked_words(enum asked_difference difference)
{
    return DIFFERENCES[difference].words;
}
