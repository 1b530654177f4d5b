#include "harness/cli/rescore.h"

#include <stdlib.h>
#include <string.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "harness/base/mem.h"
#include "reports/cell.h"
#include "reports/table.h"

/* A task under a profile. */
struct entry {
    const char *task, *profile;
    int64_t question;               /* row id of the one at hand */
    size_t epochs, questions, differing;
    double old_sum, new_sum;        /* of its epochs */
    double old_total, new_total;    /* of the questions' means */
};

struct rescore { struct entry *entries; size_t count, room; };

struct rescore *rescore_new(void)
{
    return xcalloc(1, sizeof(struct rescore));
}

void rescore_free(struct rescore *rescore)
{
    if (rescore != NULL)
        free(rescore->entries);
    free(rescore);
}

static void end_question(struct entry *entry)
{
    if (entry->epochs == 0)
        return;
    entry->old_total += entry->old_sum / (double)entry->epochs;
    entry->new_total += entry->new_sum / (double)entry->epochs;
    entry->questions++;
    entry->epochs = 0;
    entry->old_sum = entry->new_sum = 0;
}

static bool is_of(const struct entry *entry, const struct reread *reread)
{
    return strcmp(entry->task, reread->task) == 0 && strcmp(entry->profile, reread->profile) == 0;
}

static struct entry *get_entry(struct rescore *rescore, const struct reread *reread)
{
    if (rescore->count > 0 && is_of(&rescore->entries[rescore->count - 1], reread))
        return &rescore->entries[rescore->count - 1];
    if (rescore->count == rescore->room) {
        rescore->room = rescore->room == 0 ? 16 : 2 * rescore->room;
        rescore->entries = xreallocarray(rescore->entries, rescore->room, sizeof rescore->entries[0]);
    }
    rescore->entries[rescore->count] = (struct entry){ .task = reread->task, .profile = reread->profile };
    return &rescore->entries[rescore->count++];
}

void rescore_add(struct rescore *rescore, const struct reread *reread)
{
    struct entry *entry = get_entry(rescore, reread);

    if (entry->question != reread->question)
        end_question(entry);
    entry->question = reread->question;
    entry->epochs++;
    entry->old_sum += reread->old_score;
    entry->new_sum += reread->new_score;
    entry->differing += reread->differs;
}

static void add_row(struct table *table, struct arena *arena, struct entry *entry)
{
    double count;

    end_question(entry);
    count = (double)entry->questions;
    table_add_cell(table, cell_name(arena, entry->task, CELL_NAME_SHORT));
    table_add_cell(table, cell_name(arena, entry->profile, CELL_NAME_SHORT));
    table_add_cell(table, cell_percent(arena, "", entry->new_total / count));
    table_add_cell(table, cell_percent(arena, "", entry->old_total / count));
    table_add_cell(table, arena_printf(arena, "%zu", entry->questions));
    table_add_cell(table, arena_printf(arena, "%zu", entry->differing));
}

static bool is_first(const struct rescore *rescore, size_t at)
{
    for (size_t i = 0; i < at; i++)
        if (strcmp(rescore->entries[i].task, rescore->entries[at].task) == 0)
            return false;
    return true;
}

void rescore_write(struct rescore *rescore, struct buf *out)
{
    static const char *const HEADS[] = { "task", "profile", "score", "that counts", "questions", "read otherwise" };
    struct arena *arena = arena_new();
    struct table table = table_new(arena, rescore->count);

    for (size_t i = 0; i < sizeof HEADS / sizeof HEADS[0]; i++)
        table_add_column(&table, HEADS[i], i >= 2);
    for (size_t first = 0; first < rescore->count; first++)
        for (size_t i = first; is_first(rescore, first) && i < rescore->count; i++)
            if (strcmp(rescore->entries[i].task, rescore->entries[first].task) == 0)
                add_row(&table, arena, &rescore->entries[i]);
    if (rescore->count > 0)
        table_write(&table, out);
    arena_free(arena);
}
