#include "tasks/tasks.h"

#include <string.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "harness/base/embedded.h"
#include "harness/engine/word.h"
#include "tasks/question.h"

extern const struct embedded embedded_aime2024_json, embedded_aime2025_json, embedded_aime2026_json,
    embedded_demo_choice_json, embedded_demo_integer_json, embedded_gpqa_diamond_json;
extern const struct embedded embedded_demo_choice_jsonl, embedded_demo_integer_jsonl;

/* A task is a constant, or a task file that is compiled in. */
static const struct entry {
    const char *name;
    const struct task *task;
    const struct embedded *file;
} ENTRIES[] = {
    { .name = "aime2024", .file = &embedded_aime2024_json },
    { .name = "aime2025", .file = &embedded_aime2025_json },
    { .name = "aime2026", .file = &embedded_aime2026_json },
    { .name = "demo_choice", .file = &embedded_demo_choice_json },
    { .name = "demo_integer", .file = &embedded_demo_integer_json },
    { .name = "gpqa_diamond", .file = &embedded_gpqa_diamond_json },
};

#define ENTRY_COUNT (sizeof ENTRIES / sizeof ENTRIES[0])

static const struct embedded *const BUILTINS[] = { &embedded_demo_choice_jsonl, &embedded_demo_integer_jsonl, NULL };

static const char *const AIME[] = { "aime2024", "aime2025", "aime2026", NULL };
static const char *const DEMO[] = { "demo_choice", "demo_integer", NULL };
static const char *const GROUP_NAMES[] = { "aime", "demo", NULL };
static const char *const *const GROUPS[] = { AIME, DEMO };

const char *const *tasks_names(void)
{
    static const char *names[ENTRY_COUNT + 1];

    for (size_t i = 0; i < ENTRY_COUNT; i++)
        names[i] = ENTRIES[i].name;
    return names;
}

const char *const *tasks_group_names(void)
{
    return GROUP_NAMES;
}

const char *const *tasks_group(const char *name)
{
    for (size_t i = 0; GROUP_NAMES[i] != NULL; i++)
        if (strcmp(GROUP_NAMES[i], name) == 0)
            return GROUPS[i];
    return NULL;
}

const struct task *tasks_find(struct arena *arena, const char *name, struct err *err)
{
    struct buf nearest;

    for (size_t i = 0; i < ENTRY_COUNT; i++) {
        const struct entry *entry = &ENTRIES[i];
        if (strcmp(entry->name, name) != 0)
            continue;
        if (entry->task != NULL)
            return entry->task;
        return question_parse(arena, entry->file->name, entry->file->data, entry->file->length, BUILTINS, err);
    }
    buf_init(&nearest, 0);
    word_add_nearest(&nearest, name, tasks_names());
    err_set_code(err, EXIT_USAGE, "no task \"%.80s\"%s", name, nearest.data);
    buf_fini(&nearest);
    return NULL;
}
