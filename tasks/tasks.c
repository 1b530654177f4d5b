#include "tasks/tasks.h"

#include <string.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "harness/base/embedded.h"
#include "harness/engine/word.h"
#include "tasks/question.h"

/* Task files that are compiled in, and data files that come with them. */
#define TASK_FILES(X) \
    X(aime2024) \
    X(aime2025) \
    X(aime2026) \
    X(demo_choice) \
    X(demo_integer) \
    X(gpqa_diamond) \
    X(math500) \
    X(mmlu_pro) \
    X(mmmlu) \
    X(mmmu) \
    X(mmmu_pro) \
    X(mmmu_pro_standard4) \
    X(mmmu_pro_vision)
#define DATA_FILES(X) \
    X(demo_choice) \
    X(demo_integer)

#define DECLARE_TASK(name) extern const struct embedded embedded_##name##_json;
#define DECLARE_DATA(name) extern const struct embedded embedded_##name##_jsonl;
TASK_FILES(DECLARE_TASK)
DATA_FILES(DECLARE_DATA)

/* A task is a file, or a constant: { .name = task_x.name, .task = &task_x }. In alphabetical order. */
#define TASK_ENTRY(task_name) { .name = #task_name, .file = &embedded_##task_name##_json },
static const struct entry {
    const char *name;
    const struct task *task;
    const struct embedded *file;
} ENTRIES[] = { TASK_FILES(TASK_ENTRY) };

#define ENTRY_COUNT (sizeof ENTRIES / sizeof ENTRIES[0])

#define DATA_ENTRY(name) &embedded_##name##_jsonl,
#define TASK_FILE_ENTRY(name) &embedded_##name##_json,
static const struct embedded *const BUILTINS[] = { DATA_FILES(DATA_ENTRY) TASK_FILES(TASK_FILE_ENTRY) NULL };

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

bool tasks_is_file(const char *name)
{
    size_t length = strlen(name);

    return strchr(name, '/') != NULL || (length > 5 && strcmp(name + length - 5, ".json") == 0);
}

static bool is_name(const char *const *names, const char *name)
{
    while (*names != NULL && strcmp(*names, name) != 0)
        names++;
    return *names != NULL;
}

/* A user's own. Under a name of ours its scores would pass for that task's, in store, tables and comparisons. */
static const struct task *read_file(struct arena *arena, const char *path, struct err *err)
{
    const struct task *task = question_read(arena, path, BUILTINS, err);

    if (task == NULL || (!is_name(tasks_names(), task->name) && !is_name(GROUP_NAMES, task->name)))
        return task;
    err_set_code(err, EXIT_BAD_DATA, "%s: \"name\": \"%.80s\" is one of vernier's own tasks or groups; give the file's task "
                 "another name, such as \"my_%.80s\"", path, task->name, task->name);
    return NULL;
}

const struct task *tasks_find(struct arena *arena, const char *name, struct err *err)
{
    struct buf nearest;

    if (tasks_is_file(name))
        return read_file(arena, name, err);
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
