#include "harness/engine/ask.h"

#include "harness/base/hash.h"
#include "harness/engine/sample.h"

static const char *const KIND_NAMES[] = { "model", "env", "grade" };

const char *ask_kind_name(enum ask_kind kind)
{
    return KIND_NAMES[kind];
}

void ask_list_add(struct ask_list *list, struct ask *ask)
{
    ask->next = NULL;
    if (list->last != NULL)
        list->last->next = ask;
    else
        list->first = ask;
    list->last = ask;
}

struct ask *ask_list_take(struct ask_list *list)
{
    struct ask *ask = list->first;

    if (ask == NULL)
        return NULL;
    list->first = ask->next;
    if (list->first == NULL)
        list->last = NULL;
    ask->next = NULL;
    return ask;
}

static void hash_text(struct hash *hash, const char *text)
{
    hash_string(hash, text != NULL ? text : "");
}

static void hash_tools(struct hash *hash, const struct tool *tools, size_t count)
{
    hash_int(hash, (int64_t)count);
    for (size_t i = 0; i < count; i++) {
        hash_text(hash, tools[i].name);
        hash_text(hash, tools[i].description);
        hash_text(hash, tools[i].parameters);
    }
}

static void hash_action(struct hash *hash, const struct part *action)
{
    hash_int(hash, action->kind);
    hash_text(hash, action->text);
    hash_text(hash, action->id);
    hash_text(hash, action->name);
}

static void hash_exam(struct hash *hash, const struct exam *exam)
{
    hash_int(hash, (int64_t)exam->file_count);
    for (size_t i = 0; i < exam->file_count; i++) {
        hash_text(hash, exam->files[i].path);
        hash_int(hash, (int64_t)exam->files[i].length);
        hash_add(hash, exam->files[i].content, exam->files[i].length);
    }
    hash_int(hash, (int64_t)exam->command_count);
    for (size_t i = 0; i < exam->command_count; i++)
        hash_text(hash, exam->commands[i]);
    hash_int(hash, exam->timeout_ms);
    hash_int(hash, (int64_t)exam->output_max);
}

/* Versions count: after a better reader an unfinished run grades anew instead of taking the old verdict from paper. */
static void hash_grading(struct hash *hash, const struct grading *grading)
{
    hash_text(hash, grading->grader->name);
    hash_int(hash, grading->grader->version);
    hash_text(hash, grading->reader->name);
    hash_int(hash, grading->reader->version);
    hash_text(hash, grading->sample->hash);
    hash_text(hash, grading->target);
    hash_text(hash, grading->said->text);
    hash_text(hash, grading->exam != NULL ? grading->exam->text : NULL);
}

void ask_hash(struct ask *ask)
{
    struct hash hash;

    hash_init(&hash);
    hash_int(&hash, ask->kind);
    hash_text(&hash, ask->role);
    if (ask->kind == ASK_MODEL) {
        chat_hash(ask->chat, &hash);
        hash_tools(&hash, ask->tools, ask->tool_count);
    } else if (ask->kind == ASK_GRADE) {
        hash_grading(&hash, &ask->grading);
    } else if (ask->exam != NULL) {
        hash_exam(&hash, ask->exam);
    } else {
        hash_action(&hash, ask->action);
    }
    hash_hex(&hash, ask->hash);
}
