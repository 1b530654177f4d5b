/*
 * Any document as the log-probabilities of a prompt: either words why not, or numbers of tokens that there were, none of
 * them above what rounding allows, of a continuation that is never without a token.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/arena.h"
#include "harness/base/json.h"
#include "harness/engine/likelihood.h"
#include "runners/echo.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct { const char *context, *continuation; } PROMPTS[] = {
    { "It is", " so" }, { "Say 字", "典 so" }, { "a", "b" }, { "\xe2\x96\x81", " \xc3\xa9" },
};

static void require(bool holds)
{
    if (!holds)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct err err = ERR_INIT;
    struct json_doc *doc = json_parse((const char *)data, size, &err);

    for (size_t i = 0; doc != NULL && i < sizeof PROMPTS / sizeof PROMPTS[0]; i++) {
        struct arena *arena = arena_new();
        struct likelihood out = likelihood_begin(PROMPTS[i].continuation);
        const char *words = echo_read(json_root(doc), PROMPTS[i].context, PROMPTS[i].continuation, arena, &out);

        require(words != NULL || (out.token_count > 0 && out.token_count <= json_count(json_get(json_root(doc), "tokens"))));
        for (size_t at = 0; words == NULL && at < out.token_count; at++)
            require(out.logprobs[at] <= 0.001);
        arena_free(arena);
    }
    json_free(doc);
    return 0;
}
