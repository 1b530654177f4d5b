/*
 * A task file is read by tables of keys (see reading.h), each table in its order: the grader is known before any
 * profile names a reader of it, columns and texts before any prompt has slots for them.
 */
#include "tasks/question.h"

#include <string.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "harness/base/embedded.h"
#include "harness/base/file.h"
#include "harness/engine/grading.h"
#include "tasks/flows/flows.h"
#include "tasks/graders/graders.h"
#include "tasks/question_draft.h"
#include "tasks/question_slots.h"

#define EPOCHS_MAX 10000
#define GRADERS_MAX 64

/* --- where the data comes from --- */

static int read_source_id(struct reading *r, const struct json *value, void *into)
{
    return reading_text(r, value, "where the data comes from", &((struct provenance *)into)->id);
}

static int read_revision(struct reading *r, const struct json *value, void *into)
{
    return reading_text(r, value, "a commit of the source", &((struct provenance *)into)->revision);
}

static int read_config(struct reading *r, const struct json *value, void *into)
{
    return reading_text(r, value, "a configuration of the source", &((struct provenance *)into)->config);
}

static int read_split(struct reading *r, const struct json *value, void *into)
{
    return reading_text(r, value, "a split of the source", &((struct provenance *)into)->split);
}

/* Names, or an object: configuration to name. */
static int read_files(struct reading *r, const struct json *value, void *into)
{
    struct provenance *source = into;
    const char **files, **configs;
    size_t n = 0;

    if (json_kind(value) != JSON_OBJECT)
        return question_read_names(r, value, &source->files);
    files = arena_calloc(r->arena, json_count(value) + 1, sizeof files[0]);
    configs = arena_calloc(r->arena, json_count(value) + 1, sizeof configs[0]);
    for (const struct json *file = json_first(value); file != NULL; file = json_next(file), n++) {
        configs[n] = arena_strdup(r->arena, json_key(file));
        if (reading_text(r, file, "a file's name", &files[n]) < 0)
            return -1;
    }
    source->files = files;
    source->configs = configs;
    return n > 0 ? 0 : reading_refuse(r, value, "files");
}

int question_read_source(struct reading *r, const struct json *value, void *into)
{
    static const struct reading_key KEYS[] = {
        { "id", read_source_id, true }, { "revision", read_revision, false }, { "config", read_config, false },
        { "split", read_split, false }, { "files", read_files, false }, { NULL, NULL, false },
    };

    return json_kind(value) == JSON_OBJECT ? reading_object(r, value, KEYS, into) : read_source_id(r, value, into);
}

static int read_source(struct reading *r, const struct json *value, void *into)
{
    struct provenance *source = &((struct draft *)into)->question->task.source;

    *source = (struct provenance){ .id = NULL };        /* a task like another has nothing of the other's */
    return question_read_source(r, value, source);
}

/* --- the task --- */

static struct task *task_of(void *into)
{
    return &((struct draft *)into)->question->task;
}

/* It stands in the store, in RUN/TASK/SAMPLE and in TASK=FILE. */
static int read_name(struct reading *r, const struct json *value, void *into)
{
    const char **name = &task_of(into)->name;

    if (reading_text(r, value, "the task's name", name) < 0)
        return -1;
    if ((*name)[strspn(*name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-")] != '\0')
        return reading_refuse(r, value, "a name of letters, digits, \"_\" and \"-\"");
    return 0;
}

static int read_summary(struct reading *r, const struct json *value, void *into)
{
    return reading_text(r, value, "a line of text", &task_of(into)->summary);
}

static int read_licence(struct reading *r, const struct json *value, void *into)
{
    return reading_text(r, value, "the data's licence", &task_of(into)->licence);
}

static int read_citation(struct reading *r, const struct json *value, void *into)
{
    return reading_text(r, value, "what to cite", &task_of(into)->citation);
}

static int read_advice(struct reading *r, const struct json *value, void *into)
{
    return reading_text(r, value, "how others sample it", &task_of(into)->advice);
}

static int read_private(struct reading *r, const struct json *value, void *into)
{
    return question_read_flag(r, value, &task_of(into)->is_private);
}

static int read_paths(struct reading *r, const struct json *value, void *into)
{
    return question_read_names(r, value, &task_of(into)->paths);
}

static const struct embedded *find_embedded(const struct draft *draft, const char *name)
{
    for (size_t i = 0; draft->builtins[i] != NULL; i++)
        if (strcmp(draft->builtins[i]->name, name) == 0)
            return draft->builtins[i];
    return NULL;
}

static int read_builtin(struct reading *r, const struct json *value, void *into)
{
    struct draft *draft = into;
    const char *name;

    if (reading_text(r, value, "the name of built-in data", &name) < 0)
        return -1;
    draft->question->builtin = find_embedded(draft, name);
    return draft->question->builtin != NULL
        ? 0 : question_refuse_name(r, value, "built-in data", (const char *const[]){ NULL });
}

static int read_category_of_id(struct reading *r, const struct json *value, void *into)
{
    return question_read_flag(r, value, &((struct draft *)into)->question->category_of_id);
}

static int read_repeats(struct reading *r, const struct json *value, void *into)
{
    return question_read_flag(r, value, &((struct draft *)into)->question->takes_repeats);
}

static int read_shuffle(struct reading *r, const struct json *value, void *into)
{
    return question_read_flag(r, value, &((struct draft *)into)->question->shuffle);
}

static int read_grader(struct reading *r, const struct json *value, void *into)
{
    const char *names[GRADERS_MAX] = { NULL }, *name;

    if (json_kind(value) == JSON_OBJECT)
        return question_read_grader(r, value, into);
    if (reading_text(r, value, "the name of a grader", &name) < 0)
        return -1;
    task_of(into)->grader = graders_find(name);
    ((struct draft *)into)->reads = name;
    if (task_of(into)->grader != NULL)
        return 0;
    for (size_t i = 0; graders[i] != NULL && i < GRADERS_MAX - 1; i++)
        names[i] = graders[i]->name;
    return question_refuse_name(r, value, "grader", names);
}

static int read_epochs(struct reading *r, const struct json *value, void *into)
{
    int64_t epochs;

    if (reading_int(r, value, 1, EPOCHS_MAX, &epochs) < 0)
        return -1;
    task_of(into)->epochs = (int)epochs;
    return 0;
}

static int read_chance(struct reading *r, const struct json *value, void *into)
{
    double *chance = &task_of(into)->chance;

    if (!json_to_number(value, chance) || !(*chance >= 0 && *chance <= 1))
        return reading_refuse(r, value, "a number from 0 to 1");
    return 0;
}

/* Followed before anything else was read. */
static int read_like(struct reading *r, const struct json *value, void *into)
{
    (void)r;
    (void)value;
    (void)into;
    return 0;
}

static int read_task_texts(struct reading *r, const struct json *value, void *into)
{
    struct draft *draft = into;

    return question_read_texts(r, value, draft, (const char **)draft->question->texts);
}

/* Each part has its own paths, or all of them lie in one file whose rows name them; both may be. */
static int check_places(struct reading *r, const struct json *root, const struct question *question)
{
    bool everywhere = question->part_count > 0;

    for (size_t i = 0; i < question->part_count; i++)
        everywhere = everywhere && question->parts[i].paths != NULL;
    if ((question->builtin != NULL) == (question->task.paths != NULL || everywhere))
        return reading_fail(r, root, "expected \"paths\", where the data lies, or \"builtin\"");
    if (question->part_count > 0 && !everywhere && question->columns.part == NULL)
        return reading_fail(r, root, "expected \"paths\" in each part, or a field \"part\"");
    if (question->part_count == 0 && question->columns.part != NULL)
        return reading_fail(r, root, "\"fields\": \"part\" without a key \"parts\"");
    return 0;
}

static int read_root(struct reading *r, struct draft *draft)
{
    static const struct reading_key KEYS[] = {
        { "name", read_name, true }, { "summary", read_summary, true }, { "source", read_source, false },
        { "licence", read_licence, false }, { "citation", read_citation, false }, { "advice", read_advice, false },
        { "private", read_private, false }, { "paths", read_paths, false }, { "builtin", read_builtin, false },
        { "texts", read_task_texts, false }, { "fields", question_read_fields, true },
        { "parts", question_read_parts, false }, { "groups", question_read_groups, false },
        { "category_of_id", read_category_of_id, false }, { "shuffle", read_shuffle, false },
        { "repeats", read_repeats, false },
        { "shots", question_read_shots, false }, { "grader", read_grader, true }, { "epochs", read_epochs, false },
        { "chance", read_chance, false }, { "profiles", question_read_profiles, true }, { NULL, NULL, false },
    };
    const struct json *root = json_root(r->doc);

    return reading_object(r, root, KEYS, draft) < 0 ? -1 : check_places(r, root, draft->question);
}

static int read_like_root(struct reading *r, struct draft *draft)
{
    static const struct reading_key KEYS[] = {
        { "name", read_name, true }, { "summary", read_summary, true }, { "like", read_like, true },
        { "source", read_source, false }, { "licence", read_licence, false }, { "citation", read_citation, false },
        { "advice", read_advice, false }, { "private", read_private, false }, { "paths", read_paths, false },
        { "epochs", read_epochs, false }, { "chance", read_chance, false }, { NULL, NULL, false },
    };

    return reading_object(r, json_root(r->doc), KEYS, draft);
}

/* All that another task says; then what this one says for itself. */
static int read_task(struct reading *r, struct draft *draft)
{
    const struct json *root = json_root(r->doc), *like = json_get(root, "like");
    const struct embedded *file;
    struct reading other;
    int status;

    if (json_kind(root) != JSON_OBJECT)
        return reading_refuse(r, root, "a task: an object");
    if (like == NULL)
        return read_root(r, draft);
    if (json_text(like) == NULL)
        return reading_refuse(r, like, "the name of a task");
    file = find_embedded(draft, arena_printf(r->arena, "%s.json", json_text(like)));
    if (file == NULL)
        return reading_fail(r, like, "\"like\": there is no task \"%.80s\" that is a file", json_text(like));
    if (reading_open(&other, r->arena, file->name, file->data, file->length, r->err) < 0)
        return -1;
    status = json_get(json_root(other.doc), "like") == NULL
        ? read_root(&other, draft) : reading_fail(r, like, "\"like\": that task is like another itself");
    reading_close(&other);
    return status < 0 ? -1 : read_like_root(r, draft);
}

const struct task *question_parse(struct arena *arena, const char *name, const char *text, size_t length,
                                  const struct embedded *const *builtins, struct err *err)
{
    struct question *question = arena_alloc(arena, sizeof *question);
    struct draft draft = { .question = question, .builtins = builtins };
    struct reading r;
    int status;

    question->task = (struct task){ .flow = &flow_answer, .load = question_load, .prompt = question_prompt,
                                    .gold = question_gold, .guess = question_guess, .epochs = 1 };
    question->slots = draft.slots = arena_calloc(arena, DRAFT_SLOTS_MAX + 1, sizeof draft.slots[0]);
    question->texts = arena_calloc(arena, DRAFT_SLOTS_MAX + 1, sizeof question->texts[0]);
    if (reading_open(&r, arena, name, text, length, err) < 0)
        return NULL;
    status = read_task(&r, &draft);
    reading_close(&r);
    return status < 0 ? NULL : &question->task;
}

const struct task *question_read(struct arena *arena, const char *path, const struct embedded *const *builtins,
                                 struct err *err)
{
    const struct task *task = NULL;
    struct buf text;

    buf_init(&text, 0);
    if (file_read(path, &text, err) == 0)
        task = question_parse(arena, path, text.data, text.length, builtins, err);
    if (task != NULL)
        ((struct question *)task)->task.file = arena_strdup(arena, path);
    buf_fini(&text);
    return task;
}
