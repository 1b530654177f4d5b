#include "reports/mismatch.h"

#include <stdbool.h>
#include <string.h>

#include "harness/base/arena.h"
#include "reports/scoreboard.h"

static bool is_same(const char *a, const char *b)
{
    return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static bool is_same_task(const struct score_line *a, const struct score_line *b)
{
    return is_same(a->task, b->task);
}

static bool is_same_profile(const struct score_line *a, const struct score_line *b)
{
    return is_same_task(a, b) && is_same(a->asked.samples_sha256, b->asked.samples_sha256) &&
           is_same(a->asked.profile, b->asked.profile);
}

static const char *samples_of(const struct score_line *line)
{
    return line->asked.samples_sha256;
}

static const char *prompts_of(const struct score_line *line)
{
    return line->asked.prompts_sha256;
}

/* Lines that belong together should have one key. */
static const struct aspect {
    bool (*belong)(const struct score_line *a, const struct score_line *b);
    const char *(*key)(const struct score_line *line);
} ASPECTS[] = {
    { is_same_task, samples_of },
    { is_same_profile, prompts_of },
};
#define ASPECT_COUNT (sizeof ASPECTS / sizeof ASPECTS[0])

static bool is_first(const struct scoreboard *board, const struct aspect *aspect, size_t at)
{
    for (size_t i = 0; i < at; i++)
        if (aspect->key(&board->lines[i]) != NULL && aspect->belong(&board->lines[i], &board->lines[at]))
            return false;
    return true;
}

static bool is_taken(const struct mismatch *mismatch, const struct score_line *line)
{
    for (size_t i = 0; i < mismatch->count; i++)
        if (mismatch->lines[i] == line)
            return true;
    return false;
}

/* The lines from first on that belong to it and have its key, as one more group. */
static void take_group(const struct scoreboard *board, const struct aspect *aspect, size_t first, size_t group,
                       struct mismatch *mismatch)
{
    const struct score_line *model = &board->lines[first];

    for (size_t i = first; i < board->line_count; i++) {
        const struct score_line *line = &board->lines[i];
        if (!aspect->belong(model, line) || !is_same(aspect->key(model), aspect->key(line)))
            continue;
        mismatch->lines[mismatch->count] = line;
        mismatch->groups[mismatch->count++] = group;
    }
}

/* All that belong to the first; those of unknown key are left out. How many groups they are. */
static size_t take_groups(const struct scoreboard *board, const struct aspect *aspect, size_t first,
                          struct mismatch *mismatch)
{
    size_t groups = 0;

    for (size_t i = first; i < board->line_count; i++) {
        const struct score_line *line = &board->lines[i];
        if (aspect->key(line) != NULL && aspect->belong(&board->lines[first], line) && !is_taken(mismatch, line))
            take_group(board, aspect, i, groups++, mismatch);
    }
    return groups;
}

/* The gravest that any line has to the first one. */
static enum asked_difference compare_all(const struct mismatch *mismatch)
{
    enum asked_difference gravest = ASKED_PROMPTS;

    for (size_t i = 1; i < mismatch->count; i++) {
        enum asked_difference difference = asked_compare(&mismatch->lines[0]->asked, &mismatch->lines[i]->asked);
        if (difference != ASKED_ALIKE && difference < gravest)
            gravest = difference;
    }
    return gravest;
}

static bool find_from(const struct scoreboard *board, const struct aspect *aspect, size_t first, struct arena *arena,
                      struct mismatch *mismatch)
{
    if (aspect->key(&board->lines[first]) == NULL || !is_first(board, aspect, first))
        return false;
    *mismatch = (struct mismatch){ .lines = arena_calloc(arena, board->line_count, sizeof mismatch->lines[0]),
                                   .groups = arena_calloc(arena, board->line_count, sizeof mismatch->groups[0]) };
    if (take_groups(board, aspect, first, mismatch) < 2)
        return false;
    mismatch->difference = compare_all(mismatch);
    return true;
}

struct mismatch *mismatch_find(const struct scoreboard *board, struct arena *arena, size_t *count)
{
    struct mismatch *found = arena_calloc(arena, ASPECT_COUNT * board->line_count + 1, sizeof found[0]);

    *count = 0;
    for (size_t i = 0; i < board->line_count; i++)
        for (size_t aspect = 0; aspect < ASPECT_COUNT; aspect++)
            *count += find_from(board, &ASPECTS[aspect], i, arena, &found[*count]);
    return found;
}
