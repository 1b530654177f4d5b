/*
 * A task file is read by tables of keys (see reading.h), each table in its order: the grader is known before any
 * profile names a reader of it.
 */
#include "tasks/question.h"

#include <string.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "harness/base/embedded.h"
#include "harness/engine/grading.h"
#include "harness/engine/reading.h"
#include "harness/engine/word.h"
#include "tasks/flows/flows.h"
#include "tasks/graders/graders.h"
#include "tasks/readers/readers.h"

#define EPOCHS_MAX 10000
#define CHOICE_FORMAT "{letter}) {text}"

/* What the tables fill. */
struct draft {
    struct question *question;
    const struct embedded *const *builtins;
    struct profile *profiles;
    const char **choice_formats;
    size_t profile_count;
};

static int refuse_name(struct reading *r, const struct json *value, const char *what, const char *const *names)
{
    struct buf text;

    buf_init(&text, 0);
    word_add_nearest(&text, json_text(value), names);
    reading_fail(r, value, "there is no %s \"%.80s\"%s", what, json_text(value), text.data);
    buf_fini(&text);
    return -1;
}

/* A name, or a list of names that one column goes by. */
static int read_names(struct reading *r, const struct json *value, column_names *out)
{
    static const char EXPECTED[] = "a name or a list of names";
    size_t n = 0;
    const char **names = arena_calloc(r->arena, json_count(value) + 2, sizeof names[0]);

    if (json_kind(value) == JSON_ARRAY && json_count(value) > 0) {
        for (const struct json *item = json_first(value); item != NULL; item = json_next(item))
            if (reading_text(r, item, EXPECTED, &names[n++]) < 0)
                return -1;
    } else if (reading_text(r, value, EXPECTED, &names[0]) < 0) {
        return -1;
    }
    *out = names;
    return 0;
}

static int read_flag(struct reading *r, const struct json *value, bool *out)
{
    return json_to_bool(value, out) ? 0 : reading_refuse(r, value, "true or false");
}

/* --- fields --- */

static int read_id(struct reading *r, const struct json *value, void *into)
{
    return read_names(r, value, &((struct question *)into)->id);
}

static int read_input(struct reading *r, const struct json *value, void *into)
{
    return read_names(r, value, &((struct question *)into)->input);
}

static int read_answer(struct reading *r, const struct json *value, void *into)
{
    return read_names(r, value, &((struct question *)into)->answer);
}

static int read_choices(struct reading *r, const struct json *value, void *into)
{
    return read_names(r, value, &((struct question *)into)->choices);
}

static int read_category(struct reading *r, const struct json *value, void *into)
{
    return read_names(r, value, &((struct question *)into)->category);
}

static int read_cluster(struct reading *r, const struct json *value, void *into)
{
    return read_names(r, value, &((struct question *)into)->cluster);
}

static int read_correct(struct reading *r, const struct json *value, void *into)
{
    return read_names(r, value, &((struct question *)into)->correct);
}

static int read_incorrect(struct reading *r, const struct json *value, void *into)
{
    struct question *question = into;
    size_t n = 0;

    if (json_kind(value) != JSON_ARRAY || json_count(value) == 0)
        return reading_refuse(r, value, "a list of columns");
    question->incorrect = arena_calloc(r->arena, json_count(value) + 1, sizeof question->incorrect[0]);
    for (const struct json *item = json_first(value); item != NULL; item = json_next(item))
        if (read_names(r, item, &question->incorrect[n++]) < 0)
            return -1;
    return 0;
}

static int read_fields(struct reading *r, const struct json *value, void *into)
{
    static const struct reading_key KEYS[] = {
        { "id", read_id, true }, { "input", read_input, true }, { "answer", read_answer, false },
        { "choices", read_choices, false }, { "category", read_category, false }, { "cluster", read_cluster, false },
        { "correct", read_correct, false }, { "incorrect", read_incorrect, false }, { NULL, NULL, false },
    };
    struct question *question = ((struct draft *)into)->question;

    if (json_kind(value) != JSON_OBJECT)
        return reading_refuse(r, value, "an object of columns");
    if (reading_object(r, value, KEYS, question) < 0)
        return -1;
    bool columns = question->correct != NULL && question->incorrect != NULL;
    if ((question->answer != NULL) == columns || (question->correct != NULL) != (question->incorrect != NULL))
        return reading_fail(r, value, "\"fields\": expected either \"answer\", or \"correct\" and \"incorrect\"");
    return 0;
}

/* --- profiles --- */

struct profile_draft {
    struct profile *profile;
    const char **choice_format;
    const char *grader;
};

static int read_profile_name(struct reading *r, const struct json *value, void *into)
{
    return reading_text(r, value, "a name", &((struct profile_draft *)into)->profile->name);
}

static int read_profile_summary(struct reading *r, const struct json *value, void *into)
{
    return reading_text(r, value, "a line of text", &((struct profile_draft *)into)->profile->summary);
}

static int read_system(struct reading *r, const struct json *value, void *into)
{
    return reading_text(r, value, "the system message", &((struct profile_draft *)into)->profile->system);
}

static int read_prompt(struct reading *r, const struct json *value, void *into)
{
    struct profile *profile = ((struct profile_draft *)into)->profile;

    if (reading_text(r, value, "the user message", &profile->prompt) < 0)
        return -1;
    if (strstr(profile->prompt, "{question}") == NULL)
        return reading_fail(r, value, "\"prompt\": expected the slot {question} in it");
    return 0;
}

static int read_choice_format(struct reading *r, const struct json *value, void *into)
{
    return reading_text(r, value, "how a choice is written", ((struct profile_draft *)into)->choice_format);
}

static int read_reader(struct reading *r, const struct json *value, void *into)
{
    struct profile_draft *draft = into;
    const char *names[64] = { NULL }, *name;
    size_t n = 0;

    if (reading_text(r, value, "the name of a reader", &name) < 0)
        return -1;
    draft->profile->reader = readers_find(draft->grader, name);
    if (draft->profile->reader != NULL)
        return 0;
    for (size_t i = 0; readers[i] != NULL && n < 63; i++)
        if (strcmp(readers[i]->grader, draft->grader) == 0)
            names[n++] = readers[i]->name;
    return refuse_name(r, value, "reader", names);
}

static int read_profile(struct reading *r, const struct json *value, void *into)
{
    static const struct reading_key KEYS[] = {
        { "name", read_profile_name, true }, { "summary", read_profile_summary, false },
        { "system", read_system, false }, { "prompt", read_prompt, true }, { "choice", read_choice_format, false },
        { "reader", read_reader, true }, { NULL, NULL, false },
    };
    struct draft *draft = into;
    struct task *task = &draft->question->task;
    struct profile_draft one = { .profile = &draft->profiles[draft->profile_count],
                                 .choice_format = &draft->choice_formats[draft->profile_count],
                                 .grader = task->grader->name };

    if (json_kind(value) != JSON_OBJECT)
        return reading_refuse(r, value, "a profile: an object");
    *one.choice_format = CHOICE_FORMAT;
    if (reading_object(r, value, KEYS, &one) < 0)
        return -1;
    task->profiles = draft->profiles;
    task->profile_count = draft->profile_count++;
    if (task->profile_count > 0 && task_find_profile(task, one.profile->name) != NULL)
        return reading_fail(r, value, "a second profile \"%.80s\"", one.profile->name);
    task->profile_count = draft->profile_count;
    return 0;
}

static int read_profiles(struct reading *r, const struct json *value, void *into)
{
    struct draft *draft = into;

    draft->profiles = arena_calloc(r->arena, json_count(value) + 1, sizeof draft->profiles[0]);
    draft->choice_formats = arena_calloc(r->arena, json_count(value) + 1, sizeof draft->choice_formats[0]);
    draft->question->choice_formats = draft->choice_formats;
    return reading_some(r, value, JSON_ARRAY, "a list of profiles", read_profile, into);
}

/* --- the task --- */

static struct task *task_of(void *into)
{
    return &((struct draft *)into)->question->task;
}

static int read_name(struct reading *r, const struct json *value, void *into)
{
    return reading_text(r, value, "the task's name", &task_of(into)->name);
}

static int read_summary(struct reading *r, const struct json *value, void *into)
{
    return reading_text(r, value, "a line of text", &task_of(into)->summary);
}

static int read_source(struct reading *r, const struct json *value, void *into)
{
    return reading_text(r, value, "where the data comes from", &task_of(into)->source);
}

static int read_licence(struct reading *r, const struct json *value, void *into)
{
    return reading_text(r, value, "the data's licence", &task_of(into)->licence);
}

static int read_private(struct reading *r, const struct json *value, void *into)
{
    return read_flag(r, value, &task_of(into)->is_private);
}

static int read_paths(struct reading *r, const struct json *value, void *into)
{
    return read_names(r, value, &task_of(into)->paths);
}

static int read_builtin(struct reading *r, const struct json *value, void *into)
{
    struct draft *draft = into;
    const char *name;

    if (reading_text(r, value, "the name of built-in data", &name) < 0)
        return -1;
    for (size_t i = 0; draft->builtins[i] != NULL; i++)
        if (strcmp(draft->builtins[i]->name, name) == 0) {
            draft->question->builtin = draft->builtins[i];
            return 0;
        }
    return refuse_name(r, value, "built-in data", (const char *const[]){ NULL });
}

static int read_grader(struct reading *r, const struct json *value, void *into)
{
    const char *names[64] = { NULL }, *name;

    if (reading_text(r, value, "the name of a grader", &name) < 0)
        return -1;
    task_of(into)->grader = graders_find(name);
    if (task_of(into)->grader != NULL)
        return 0;
    for (size_t i = 0; graders[i] != NULL && i < 63; i++)
        names[i] = graders[i]->name;
    return refuse_name(r, value, "grader", names);
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

static int read_shuffle(struct reading *r, const struct json *value, void *into)
{
    return read_flag(r, value, &((struct draft *)into)->question->shuffle);
}

static int read_root(struct reading *r, struct draft *draft)
{
    static const struct reading_key KEYS[] = {
        { "name", read_name, true }, { "summary", read_summary, true }, { "source", read_source, false },
        { "licence", read_licence, false }, { "private", read_private, false }, { "paths", read_paths, false },
        { "builtin", read_builtin, false }, { "fields", read_fields, true }, { "shuffle", read_shuffle, false },
        { "grader", read_grader, true }, { "epochs", read_epochs, false }, { "chance", read_chance, false },
        { "profiles", read_profiles, true }, { NULL, NULL, false },
    };
    const struct json *root = json_root(r->doc);

    if (json_kind(root) != JSON_OBJECT)
        return reading_refuse(r, root, "a task: an object");
    if (reading_object(r, root, KEYS, draft) < 0)
        return -1;
    if ((draft->question->builtin != NULL) == (draft->question->task.paths != NULL))
        return reading_fail(r, root, "expected \"paths\", where the data lies, or \"builtin\"");
    return 0;
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
    if (reading_open(&r, arena, name, text, length, err) < 0)
        return NULL;
    status = read_root(&r, &draft);
    reading_close(&r);
    return status < 0 ? NULL : &question->task;
}
