#include "tasks/maths/work.h"

#include <stdlib.h>

#include "harness/base/arena.h"
#include "harness/base/mem.h"
#include "tasks/maths/limits.h"

struct work *work_new(void)
{
    struct work *work = xcalloc(1, sizeof *work);

    work->arena = arena_new();
    return work;
}

void work_clear(struct work *work)
{
    struct arena *arena = work->arena;

    for (struct rational *rational = work->rationals; rational != NULL; rational = rational->next)
        fmpq_clear(rational->value);
    arena_clear(arena);
    *work = (struct work){ .arena = arena };
}

void work_free(struct work *work)
{
    if (work == NULL)
        return;
    work_clear(work);
    arena_free(work->arena);
    free(work);
}

void work_stop(struct work *work, const char *limit)
{
    if (work->stopped == NULL)
        work->stopped = limit;
}

bool work_spend(struct work *work, size_t units)
{
    work->cost += units;
    if (work->cost > LIMIT_COST)
        work_stop(work, "the comparison takes too many operations");
    return work->stopped == NULL;
}

bool work_allows(struct work *work, uint32_t policy)
{
    if ((work->policy & policy) == 0)
        return false;
    work->used |= policy;
    return true;
}

fmpq *work_rational(struct work *work)
{
    struct rational *rational = arena_alloc(work->arena, sizeof *rational);

    fmpq_init(rational->value);
    rational->next = work->rationals;
    work->rationals = rational;
    return rational->value;
}

uint64_t work_random(struct work *work)
{
    uint64_t z = work->seed += 0x9E3779B97F4A7C15u;

    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}
