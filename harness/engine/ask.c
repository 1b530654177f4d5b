#include "harness/engine/ask.h"

#include <assert.h>
#include <string.h>

#include "harness/base/hash.h"

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

static void hash_continuations(struct hash *hash, const struct continuations *continuations)
{
    hash_text(hash, continuations->context);
    hash_int(hash, (int64_t)continuations->count);
    for (size_t i = 0; i < continuations->count; i++)
        hash_text(hash, continuations->texts[i]);
}

/* A judge that is asked in the same words is asked the same, whatever run, sample or epoch it is for. */
void ask_hash(struct ask *ask)
{
    struct hash hash;

    assert(ask->kind != ASK_GRADE);
    hash_init(&hash);
    hash_int(&hash, ask->kind);
    hash_text(&hash, ask->role);
    if (ask->kind == ASK_MODEL) {
        chat_hash(ask->chat, &hash);
        hash_tools(&hash, ask->tools, ask->tool_count);
        if (strcmp(ask->role, "judge") != 0)
            hash_int(&hash, (int64_t)ask->seed);
        if (ask->continuations != NULL)
            hash_continuations(&hash, ask->continuations);
    } else if (ask->exam != NULL) {
        hash_exam(&hash, ask->exam);
    } else {
        parts_hash(ask->action, &hash);
    }
    hash_hex(&hash, ask->hash);
}
