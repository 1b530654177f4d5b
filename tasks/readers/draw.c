#include "tasks/readers/draw.h"

#include <string.h>

#include "harness/base/arena.h"
#include "harness/base/hash.h"
#include "harness/base/random.h"
#include "harness/engine/grading.h"
#include "harness/engine/sample.h"

void draw_expected(size_t choice_count, struct answer *out)
{
    *out = (struct answer){ .note = "no answer; it counts as a blind draw does on average",
                            .credit = choice_count > 0 ? 1 / (double)choice_count : 0 };
}

int draw_where_none(const struct grading *grading, struct arena *arena, struct answer *out)
{
    struct twister random;
    unsigned char digest[32];
    uint64_t seed = 0;
    char letter;

    if (out->text != NULL || grading->sample->choice_count == 0)
        return 0;
    const char *name = arena_printf(arena, "%s#draw", grading->sample->id);
    hash_sha256(name, strlen(name), digest);
    for (int i = 0; i < 8; i++)
        seed = seed << 8 | digest[i];
    twister_seed(&random, seed);
    letter = (char)('A' + twister_below(&random, grading->sample->choice_count));
    *out = (struct answer){ .text = arena_strndup(arena, &letter, 1), .note = "drawn at random" };
    return 0;
}
