/*
 * Two answers, divided by a newline, compared both ways; the first also as an output that is read. Nothing fails but with
 * a verdict, the same twice gives the same, an answer equals itself, and no comparison takes long.
 */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "harness/base/arena.h"
#include "tasks/maths/maths.h"
#include "tasks/readers/maths.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Under the sanitizers, about ten times the promised 50 ms. */
#define CLOCKS_MAX (CLOCKS_PER_SEC)

static enum maths_verdict compare(struct maths *maths, uint32_t policy, const char *gold, const char *answer)
{
    struct maths_result result;
    clock_t start = clock();

    maths_compare(maths, policy, gold, answer, &result);
    assert(clock() - start < CLOCKS_MAX);
    assert(result.rule != NULL);
    assert(result.verdict != MATHS_EQUAL || gold[0] != '\0');
    return result.verdict;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct maths *maths;
    struct arena *arena = arena_new();
    char *gold = arena_strndup(arena, size > 4 ? (const char *)data + 4 : "", size > 4 ? size - 4 : 0);
    char *answer = strchr(gold, '\n');
    struct maths_answer found;
    enum maths_verdict self;
    uint32_t policy;

    if (maths == NULL)
        maths = maths_new();
    policy_profile("canonical", &policy);
    for (size_t i = 0; i < 4 && i < size; i++)
        policy ^= (uint32_t)data[i] << (8 * i);
    maths_find(gold, NULL, arena, &found);
    assert(found.how != NULL);
    if (answer != NULL)
        *answer++ = '\0';
    else
        answer = gold;
    assert(compare(maths, policy, gold, answer) == compare(maths, policy, gold, answer));
    compare(maths, policy, answer, gold);
    self = compare(maths, policy, gold, gold);
    assert(self == MATHS_EQUAL || self == MATHS_BAD_GOLD);
    arena_free(arena);
    return 0;
}
