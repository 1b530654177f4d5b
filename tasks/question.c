#include "tasks/question.h"

#include <stdlib.h>
#include <string.h>

#include "harness/base/arena.h"
#include "harness/base/embedded.h"
#include "harness/base/json.h"
#include "harness/base/text.h"
#include "tasks/flows/flows.h"
#include "tasks/graders/graders.h"
#include "tasks/readers/readers.h"

/* A task file being read: what every piece of it needs for its errors and its copies. */
struct file {
    struct arena *arena;
    const char *name;
    const struct json_doc *doc;
    const struct embedded *const *builtins;
    struct err *err;
};

/* "gpqa.json line 4: " + what is wrong there. */
static int fail(const struct file *file, const struct json *at, const char *expected)
{
    return err_set_code(file->err, EXIT_BAD_DATA, "%s line %zu: %s", file->name, json_line(file->doc, at), expected);
}

static int check_keys(const struct file *file, const struct json *object, const char *const *known)
{
    for (const struct json *member = json_first(object); member != NULL; member = json_next(member)) {
        size_t i = 0;
        while (known[i] != NULL && strcmp(known[i], json_key(member)) != 0)
            i++;
        if (known[i] != NULL)
            continue;
        const char *near = text_nearest(json_key(member), known);
        return fail(file, member, arena_printf(file->arena, "no such key \"%s\"%s%s%s", json_key(member),
                                               near != NULL ? "; is it \"" : "", near != NULL ? near : "",
                                               near != NULL ? "\"?" : ""));
    }
    return 0;
}

static int read_text(const struct file *file, const struct json *object, const char *key, bool required,
                     const char **out)
{
    const struct json *value = json_get(object, key);

    if (value == NULL && !required)
        return 0;
    if (json_text(value) == NULL || json_text(value)[0] == '\0')
        return fail(file, value != NULL ? value : object, arena_printf(file->arena, "expected \"%s\": a string", key));
    *out = arena_strdup(file->arena, json_text(value));
    return 0;
}

static int read_number(const struct file *file, const struct json *object, const char *key, double min, double max,
                       double *out)
{
    const struct json *value = json_get(object, key);

    if (value == NULL)
        return 0;
    if (!json_to_number(value, out) || *out < min || *out > max)
        return fail(file, value, arena_printf(file->arena, "expected \"%s\": a number from %g to %g", key, min, max));
    return 0;
}

static int read_flag(const struct file *file, const struct json *object, const char *key, bool *out)
{
    const struct json *value = json_get(object, key);

    if (value != NULL && !json_to_bool(value, out))
        return fail(file, value, arena_printf(file->arena, "expected \"%s\": true or false", key));
    return 0;
}

/* A string or a list of strings, as a NULL-terminated list; NULL stays NULL. */
static int read_names(const struct file *file, const struct json *value, column_names *out)
{
    size_t count = json_kind(value) == JSON_ARRAY ? json_count(value) : 1, n = 0;
    const char **names = arena_calloc(file->arena, count + 1, sizeof names[0]);

    if (value == NULL)
        return 0;
    if (json_kind(value) == JSON_ARRAY)
        for (const struct json *item = json_first(value); item != NULL; item = json_next(item))
            names[n++] = arena_strdup(file->arena, json_text(item));
    else
        names[n++] = arena_strdup(file->arena, json_text(value));
    for (size_t i = 0; i < n; i++)
        if (names[i] == NULL)
            return fail(file, value, "expected a name or a list of names");
    if (n == 0)
        return fail(file, value, "expected at least one name");
    *out = names;
    return 0;
}

static int read_incorrect(const struct file *file, const struct json *list, struct question *question)
{
    size_t n = 0;

    if (list == NULL)
        return 0;
    if (json_kind(list) != JSON_ARRAY || json_count(list) == 0)
        return fail(file, list, "expected \"incorrect\": a list of columns");
    question->incorrect = arena_calloc(file->arena, json_count(list) + 1, sizeof question->incorrect[0]);
    for (const struct json *item = json_first(list); item != NULL; item = json_next(item))
        if (read_names(file, item, &question->incorrect[n++]) < 0)
            return -1;
    return 0;
}

static int check_fields(const struct file *file, const struct json *fields, const struct question *question)
{
    bool columns = question->correct != NULL && question->incorrect != NULL;

    if (question->id == NULL || question->input == NULL)
        return fail(file, fields, "expected \"id\" and \"input\" in \"fields\"");
    if ((question->answer != NULL) == columns || (question->correct != NULL) != (question->incorrect != NULL))
        return fail(file, fields, "expected either \"answer\", or \"correct\" and \"incorrect\", in \"fields\"");
    return 0;
}

static int read_fields(const struct file *file, const struct json *root, struct question *question)
{
    static const char *const KNOWN[] = { "id", "input", "answer", "choices", "category", "cluster", "correct",
                                         "incorrect", NULL };
    const struct json *fields = json_get(root, "fields");
    column_names *const slots[] = { &question->id, &question->input, &question->answer, &question->choices,
                                    &question->category, &question->cluster, &question->correct };

    if (json_kind(fields) != JSON_OBJECT)
        return fail(file, fields != NULL ? fields : root, "expected \"fields\": an object");
    if (check_keys(file, fields, KNOWN) < 0)
        return -1;
    for (size_t i = 0; i < sizeof slots / sizeof slots[0]; i++)
        if (read_names(file, json_get(fields, KNOWN[i]), slots[i]) < 0)
            return -1;
    if (read_incorrect(file, json_get(fields, "incorrect"), question) < 0)
        return -1;
    return check_fields(file, fields, question);
}

static int read_profile(const struct file *file, const struct json *object, const struct question *question,
                        struct profile *profile, const char **choice_format)
{
    static const char *const KNOWN[] = { "name", "summary", "system", "prompt", "reader", "choice", NULL };
    const char *reader = NULL;

    *choice_format = "{letter}) {text}";
    if (json_kind(object) != JSON_OBJECT)
        return fail(file, object, "expected a profile: an object");
    if (check_keys(file, object, KNOWN) < 0 || read_text(file, object, "name", true, &profile->name) < 0 ||
        read_text(file, object, "summary", false, &profile->summary) < 0 ||
        read_text(file, object, "system", false, &profile->system) < 0 ||
        read_text(file, object, "prompt", true, &profile->prompt) < 0 ||
        read_text(file, object, "reader", true, &reader) < 0 ||
        read_text(file, object, "choice", false, choice_format) < 0)
        return -1;
    if (strstr(profile->prompt, "{question}") == NULL)
        return fail(file, json_get(object, "prompt"), "expected the slot {question} in \"prompt\"");
    profile->reader = readers_find(question->task.grader->name, reader);
    if (profile->reader == NULL)
        return fail(file, json_get(object, "reader"),
                    arena_printf(file->arena, "the grader \"%s\" has no reader \"%s\"", question->task.grader->name,
                                 reader));
    return 0;
}

static int read_profiles(const struct file *file, const struct json *root, struct question *question)
{
    const struct json *list = json_get(root, "profiles");
    size_t count = json_count(list), n = 0;
    struct profile *profiles = arena_calloc(file->arena, count + 1, sizeof profiles[0]);
    const char **formats = arena_calloc(file->arena, count + 1, sizeof formats[0]);

    if (json_kind(list) != JSON_ARRAY || count == 0)
        return fail(file, list != NULL ? list : root, "expected \"profiles\": a list with at least one profile");
    for (const struct json *item = json_first(list); item != NULL; item = json_next(item), n++) {
        if (read_profile(file, item, question, &profiles[n], &formats[n]) < 0)
            return -1;
        question->task.profiles = profiles;
        question->task.profile_count = n;
        if (n > 0 && task_find_profile(&question->task, profiles[n].name) != NULL)
            return fail(file, item, arena_printf(file->arena, "a second profile \"%s\"", profiles[n].name));
    }
    question->task.profile_count = count;
    question->choice_formats = formats;
    return 0;
}

static int read_grader(const struct file *file, const struct json *root, struct task *task)
{
    const char *name = NULL;

    if (read_text(file, root, "grader", true, &name) < 0)
        return -1;
    task->grader = graders_find(name);
    if (task->grader == NULL)
        return fail(file, json_get(root, "grader"), arena_printf(file->arena, "there is no grader \"%s\"", name));
    return 0;
}

static int read_builtin(const struct file *file, const struct json *root, struct question *question)
{
    const char *name = NULL;

    if (read_text(file, root, "builtin", false, &name) < 0)
        return -1;
    for (size_t i = 0; name != NULL && file->builtins[i] != NULL; i++)
        if (strcmp(file->builtins[i]->name, name) == 0)
            question->builtin = file->builtins[i];
    if (name != NULL && question->builtin == NULL)
        return fail(file, json_get(root, "builtin"), arena_printf(file->arena, "no data \"%s\" is built in", name));
    if (question->builtin == NULL && question->task.paths == NULL)
        return fail(file, root, "expected \"paths\": where the data lies");
    return 0;
}

static int read_numbers(const struct file *file, const struct json *root, struct task *task)
{
    double epochs = 1;

    if (read_number(file, root, "epochs", 1, 1000, &epochs) < 0 ||
        read_number(file, root, "chance", 0, 1, &task->chance) < 0)
        return -1;
    task->epochs = (int)epochs;
    if (epochs != task->epochs)
        return fail(file, json_get(root, "epochs"), "expected \"epochs\": a whole number");
    return 0;
}

static int read_root(const struct file *file, const struct json *root, struct question *question)
{
    static const char *const KNOWN[] = { "name", "summary", "source", "licence", "private", "paths", "builtin", "fields",
                                         "shuffle", "grader", "epochs", "chance", "profiles", NULL };
    struct task *task = &question->task;

    if (json_kind(root) != JSON_OBJECT)
        return fail(file, root, "expected a task: an object");
    if (check_keys(file, root, KNOWN) < 0 || read_text(file, root, "name", true, &task->name) < 0 ||
        read_text(file, root, "summary", true, &task->summary) < 0 ||
        read_text(file, root, "source", false, &task->source) < 0 ||
        read_text(file, root, "licence", false, &task->licence) < 0 ||
        read_flag(file, root, "private", &task->is_private) < 0 ||
        read_names(file, json_get(root, "paths"), &task->paths) < 0 || read_builtin(file, root, question) < 0 ||
        read_grader(file, root, task) < 0 || read_numbers(file, root, task) < 0 ||
        read_flag(file, root, "shuffle", &question->shuffle) < 0 || read_fields(file, root, question) < 0)
        return -1;
    return read_profiles(file, root, question);
}

const struct task *question_parse(struct arena *arena, const char *name, const char *text, size_t length,
                                  const struct embedded *const *builtins, struct err *err)
{
    struct question *question = arena_alloc(arena, sizeof *question);
    struct json_doc *doc = json_parse_ours(text, length, err);
    struct file file = { .arena = arena, .name = name, .doc = doc, .builtins = builtins, .err = err };

    if (doc == NULL) {
        err_prefix(err, "%s ", name);
        return NULL;
    }
    question->task.flow = &flow_answer;
    question->task.load = question_load;
    question->task.prompt = question_prompt;
    question->task.gold = question_gold;
    question->task.guess = question_guess;
    int status = read_root(&file, json_root(doc), question);
    json_free(doc);
    return status < 0 ? NULL : &question->task;
}
