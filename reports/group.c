#include "reports/group.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "harness/base/arena.h"
#include "reports/items.h"

#define LEVELS_MAX 4

static bool is_named(const struct group *group, const char *name, size_t length)
{
    return group != NULL && strncmp(group->name, name, length) == 0 && group->name[length] == '\0';
}

static struct group *find(struct groups *groups, const char *name, size_t length)
{
    struct group *group = groups->latest;

    if (is_named(group, name, length))
        return group;
    HASH_FIND(hh, groups->by_name, name, length, group);
    if (group == NULL) {
        group = arena_calloc(groups->arena, 1, sizeof *group);
        group->name = arena_strndup(groups->arena, name, length);
        group->number = groups->count++;
        HASH_ADD_KEYPTR(hh, groups->by_name, group->name, length, group);
    }
    groups->latest = group;
    return group;
}

struct group *groups_find(struct groups *groups, const char *name)
{
    return find(groups, name, strlen(name));
}

struct group *groups_find_nested(struct groups *groups, const char *name)
{
    struct group *group = NULL;
    const char *end = name;

    if (name == NULL)
        return NULL;
    if (is_named(groups->latest, name, strlen(name)))
        return groups->latest;
    for (size_t depth = 0; *end != '\0' && depth < LEVELS_MAX; depth++) {
        struct group *outer = group;
        end += depth == LEVELS_MAX - 1 ? strlen(end) : strcspn(end, "/");
        group = find(groups, name, (size_t)(end - name));
        group->outer = outer;
        group->depth = depth;
        end += *end == '/';
    }
    return group;
}

void groups_fini(struct groups *groups)
{
    HASH_CLEAR(hh, groups->by_name);
}

static struct estimate *new_estimates(struct arena *arena, size_t count)
{
    struct estimate *estimates = arena_calloc(arena, count, sizeof *estimates);

    for (size_t i = 0; i < count; i++)
        estimates[i] = (struct estimate){ .mean = NAN, .se = NAN, .interval = { NULL, NAN, NAN } };
    return estimates;
}

static struct score_part *new_parts(const struct groups *groups, struct arena *arena, const struct estimate *estimates)
{
    struct score_part *parts = arena_calloc(arena, groups->count, sizeof *parts);

    for (const struct group *group = groups->by_name; group != NULL; group = group->hh.next) {
        const struct estimate *estimate = &estimates[group->number];
        parts[group->number] = (struct score_part){
            .name = arena_strdup(arena, group->name), .samples = estimate->count, .mean = estimate->mean,
            .se = estimate->se, .interval = estimate->interval, .languages = group->languages,
        };
    }
    return parts;
}

struct score_part *groups_score(const struct groups *groups, const struct items *items, const size_t *label,
                                struct arena *arena)
{
    struct estimate *estimates = new_estimates(groups->arena, groups->count);
    struct partition each = { .label = label, .label_count = groups->count, .part_count = groups->count };

    items_estimate_parts(items, &each, SCORE_LEVEL, estimates);
    return new_parts(groups, arena, estimates);
}

/* of[number]: the group around it, or itself, that has so many around it. Returns whether there is any. */
static bool find_level(const struct groups *groups, size_t depth, size_t *of)
{
    bool is_there = false;

    for (const struct group *group = groups->by_name; group != NULL; group = group->hh.next) {
        const struct group *at = group;
        while (at->depth > depth)
            at = at->outer;
        of[group->number] = at->depth == depth ? at->number : ITEM_NOWHERE;
        is_there = is_there || at->depth == depth;
    }
    return is_there;
}

static struct score_part mean_of_outermost(const struct groups *groups, const struct items *items,
                                           const struct partition *outermost, const struct estimate *estimates)
{
    bool *is_outermost = arena_calloc(groups->arena, groups->count, sizeof *is_outermost);
    struct macro macro;

    for (size_t i = 0; i < groups->count; i++)
        is_outermost[i] = outermost->of[i] == i;
    macro = items_macro(items, outermost, estimates, is_outermost);
    return (struct score_part){ .samples = macro.parts, .mean = macro.mean, .se = macro.se,
                                .interval = { NULL, NAN, NAN } };
}

struct score_part *groups_score_nested(const struct groups *groups, const struct items *items, const size_t *label,
                                       struct arena *arena, struct score_part *outermost)
{
    size_t *of = arena_calloc(groups->arena, groups->count, sizeof *of);
    struct estimate *estimates = new_estimates(groups->arena, groups->count);
    struct partition level = { .label = label, .label_count = groups->count, .of = of, .part_count = groups->count };

    for (size_t depth = 0; find_level(groups, depth, of); depth++) {
        items_estimate_parts(items, &level, SCORE_LEVEL, estimates);
        if (depth == 0)
            *outermost = mean_of_outermost(groups, items, &level, estimates);
    }
    return new_parts(groups, arena, estimates);
}
