/*
 * group: what a task's samples are told apart by, a category, a cluster or a form; numbered as first met, and scored.
 *
 * Names are copied. A group found stays where it is until the arena goes. Names nest four deep at most: in "a/b/c/d/e" the
 * innermost is all of it.
 */
#ifndef VERNIER_REPORTS_GROUP_H
#define VERNIER_REPORTS_GROUP_H

#include <stddef.h>
#include <uthash.h>

#include "reports/score.h"

struct arena;
struct items;

struct group {
    const char *name;
    size_t number;
    struct group *outer;            /* "a" of "a/b"; NULL: it is an outermost one */
    size_t depth;                   /* how many are around it */
    struct score_languages languages;       /* the caller's to count */
    UT_hash_handle hh;
};

/* Starts with its arena, all else 0; the groups live there. */
struct groups {
    struct arena *arena;
    struct group *by_name;
    struct group *latest;           /* neighbours often share one */
    size_t count;
};

/* Added when it is new. */
struct group *groups_find(struct groups *groups, const char *name);

/* The innermost of "a/b/c", added with those around it; NULL where name is NULL or empty. */
struct group *groups_find_nested(struct groups *groups, const char *name);

/* Frees what is not in the arena. */
void groups_fini(struct groups *groups);

/* A part for each, by number, in the arena given. label: of each item, its group's number or ITEM_NOWHERE. */
struct score_part *groups_score(const struct groups *groups, const struct items *items, const size_t *label,
                                struct arena *arena);

/* The same where "a/b" counts in "a" too; and *outermost: the mean of the outermost ones, each counted the same. */
struct score_part *groups_score_nested(const struct groups *groups, const struct items *items, const size_t *label,
                                       struct arena *arena, struct score_part *outermost);

#endif
