#include "reports/majority.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#include "harness/base/arena.h"
#include "harness/base/mem.h"
#include "reports/stats/tries.h"

/* Up to so many answers tries_maj_at_k counts every subset (C(16,8) is 12870), and so does not see their order. */
#define ORDERLESS_MAX 16

/* How many answers, k, how many gold ones, and the sizes of the other classes, the biggest first. */
struct shape { unsigned char count, k, gold, others[ORDERLESS_MAX]; };

struct vote {
    struct shape shape;
    double credit;
    UT_hash_handle hh;
};

struct majority {
    struct arena *arena;
    struct vote *by_shape;
    uint64_t seed;
};

struct majority *majority_new(uint64_t seed)
{
    struct majority *majority = xcalloc(1, sizeof *majority);

    majority->arena = arena_new();
    majority->seed = seed;
    return majority;
}

void majority_free(struct majority *majority)
{
    if (majority == NULL)
        return;
    HASH_CLEAR(hh, majority->by_shape);
    arena_free(majority->arena);
    free(majority);
}

static int compare_falling(const void *a, const void *b)
{
    return *(const unsigned char *)b - *(const unsigned char *)a;
}

static struct shape shape_of(const int *class_of, size_t count, int gold, size_t k)
{
    struct shape shape = { .count = (unsigned char)count, .k = (unsigned char)k };

    for (size_t i = 0; i < count; i++) {
        assert(class_of[i] < (int)count);
        if (class_of[i] >= 0)
            shape.others[class_of[i]]++;
    }
    shape.gold = shape.others[gold];
    shape.others[gold] = 0;
    qsort(shape.others, count, 1, compare_falling);
    return shape;
}

static double recall(struct majority *majority, const int *class_of, size_t count, int gold, size_t k)
{
    struct shape shape = shape_of(class_of, count, gold, k);
    struct vote *vote;

    HASH_FIND(hh, majority->by_shape, &shape, sizeof shape, vote);
    if (vote == NULL) {
        vote = arena_alloc(majority->arena, sizeof *vote);
        vote->shape = shape;
        vote->credit = tries_maj_at_k(class_of, count, gold, k, majority->seed);
        HASH_ADD(hh, majority->by_shape, shape, sizeof shape, vote);
    }
    return vote->credit;
}

double majority_credit(struct majority *majority, const int *class_of, size_t count, int gold, size_t k)
{
    size_t same = 0;

    if (gold < 0)
        return 0;
    while (same < count && class_of[same] == gold)
        same++;
    if (same == count)
        return 1;
    if (count <= ORDERLESS_MAX)
        return recall(majority, class_of, count, gold, k);
    return tries_maj_at_k(class_of, count, gold, k, majority->seed);
}
