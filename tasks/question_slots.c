#include "tasks/question_slots.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "harness/base/text.h"
#include "tasks/question_draft.h"

#define WORD "abcdefghijklmnopqrstuvwxyz0123456789_"
#define SLOTS_MAX (DRAFT_SLOTS_MAX + 16)

/* Which of them a text may have. */
enum kind { IN_PROMPT, IN_SHOT, IN_CHOICE };

static const char *const OF_PROMPTS[] = { "question", "choices", "letters", "letters,", "letters/", "category",
                                          "category_words", "part", "shots", NULL };
static const char *const OF_SHOTS[] = { "question", "choices", "letters", "letters,", "letters/", "category",
                                        "category_words", "part", "solution", "reasoning", "answer", NULL };
static const char *const OF_CHOICES[] = { "letter", "label", "text", NULL };

static const struct { const char *key; enum kind kind; } TEXTS[] = {
    { "system", IN_PROMPT }, { "prompt", IN_PROMPT }, { "open", IN_PROMPT }, { "shot", IN_SHOT }, { "choice", IN_CHOICE },
    { "shot_choice", IN_CHOICE }, { "continuation", IN_CHOICE },
};

/* The bytes of the slot, braces too, that text begins with, known or not; 0: it begins with none. */
static size_t slot_length(const char *text)
{
    size_t length = text[0] == '{' ? strspn(text + 1, WORD) : 0;

    if (length == 0)
        return 0;
    length += text[length + 1] == ',' || text[length + 1] == '/';
    return text[length + 1] == '}' ? length + 2 : 0;
}

size_t slot_literal_length(const char *text)
{
    size_t inner = text[0] == '{' ? slot_length(text + 1) : 0;

    return inner > 0 && text[inner + 1] == '}' ? inner + 2 : 0;
}

/* The names that a text may use: those of its kind, then the task's own. */
static void list_names(enum kind kind, const struct draft *draft, const char **names)
{
    const char *const *of_kind = kind == IN_PROMPT ? OF_PROMPTS : kind == IN_SHOT ? OF_SHOTS : OF_CHOICES;
    size_t count = 0;

    while (*of_kind != NULL)
        names[count++] = *of_kind++;
    for (size_t i = 0; kind != IN_CHOICE && draft != NULL && i < draft->slot_count; i++)
        names[count++] = draft->slots[i];
    names[count] = NULL;
}

static bool is_among(const char *slot, size_t length, const char *const *names)
{
    for (; *names != NULL; names++)
        if (strlen(*names) == length - 2 && strncmp(*names, slot + 1, length - 2) == 0)
            return true;
    return false;
}

/* whose: " of the profile "x"", or nothing. */
static int refuse(struct reading *r, const struct json *value, const char *whose, const char *slot, size_t length,
                  const char *const *names)
{
    struct buf known, name;

    buf_init(&known, 0);
    buf_init(&name, 0);
    buf_add(&name, slot + 1, length - 2);
    const char *near = text_nearest(name.data, names);
    if (near != NULL)
        buf_addf(&known, "; did you mean {%s}?", near);
    for (size_t i = 0; names[i] != NULL; i++)
        buf_addf(&known, "%s{%s}", i == 0 ? "; known: " : " ", names[i]);
    reading_fail(r, value, "\"%s\"%s: there is no slot {%s}%s; a word in braces that is to stand there is written {{%s}}",
                 json_key(value), whose, name.data, known.data, name.data);
    buf_fini(&name);
    buf_fini(&known);
    return -1;
}

static int check_text(struct reading *r, const struct json *value, const char *whose, const char *const *names)
{
    for (const char *at = json_text(value); *at != '\0';) {
        size_t literal = slot_literal_length(at), length = literal > 0 ? 0 : slot_length(at);

        if (length > 0 && !is_among(at, length, names))
            return refuse(r, value, whose, at, length, names);
        at += literal > 0 ? literal : length > 0 ? length : 1;
    }
    return 0;
}

/* Whether a text that stands for a slot, of the task or of a part of it, shows the choices. */
static bool is_shown_by_texts(const struct draft *draft)
{
    const struct question *question = draft->question;

    for (size_t i = 0; i < draft->slot_count; i++) {
        if (question->texts != NULL && question->texts[i] != NULL && strstr(question->texts[i], "{choices}") != NULL)
            return true;
        for (size_t p = 0; p < question->part_count; p++)
            if (question->parts[p].texts != NULL && question->parts[p].texts[i] != NULL &&
                strstr(question->parts[p].texts[i], "{choices}") != NULL)
                return true;
    }
    return false;
}

/* A picture may hold question and choices; a continuation is a choice itself. */
static bool needs_choices(const struct json *profile, const struct draft *draft)
{
    const struct columns *columns = &draft->question->columns;
    bool has_choices = columns->choices != NULL || columns->choice_columns != NULL || columns->correct != NULL;

    return has_choices && columns->input != NULL && json_get(profile, "choices") == NULL &&
           json_get(profile, "continuation") == NULL && !is_shown_by_texts(draft);
}

static int check_choices(struct reading *r, const struct json *profile, const struct draft *draft, const char *whose)
{
    static const char *const KEYS[] = { "prompt", "system" };

    if (!needs_choices(profile, draft))
        return 0;
    for (size_t i = 0; i < sizeof KEYS / sizeof KEYS[0]; i++)
        if (json_text(json_get(profile, KEYS[i])) != NULL &&
            strstr(json_text(json_get(profile, KEYS[i])), "{choices}") != NULL)
            return 0;
    return reading_fail(r, json_get(profile, "prompt"), "\"prompt\"%s: expected the slot {choices} in it, as the task has "
                        "choices; where the question shows them say \"choices\": \"elsewhere\"", whose);
}

int question_check_profile_slots(struct reading *r, const struct json *profile, const struct draft *draft)
{
    const char *names[SLOTS_MAX];
    char whose[128];

    snprintf(whose, sizeof whose, " of the profile \"%.80s\"", json_text(json_get(profile, "name")));
    for (size_t i = 0; i < sizeof TEXTS / sizeof TEXTS[0]; i++) {
        const struct json *value = json_get(profile, TEXTS[i].key);

        list_names(TEXTS[i].kind, draft, names);
        if (json_text(value) != NULL && check_text(r, value, whose, names) < 0)
            return -1;
    }
    return check_choices(r, profile, draft, whose);
}

static int check_text_slots(struct reading *r, const struct json *texts)
{
    const char *names[SLOTS_MAX];

    list_names(IN_PROMPT, NULL, names);
    for (const struct json *value = json_first(texts); value != NULL; value = json_next(value))
        if (json_text(value) != NULL && check_text(r, value, "", names) < 0)
            return -1;
    return 0;
}

int question_find_slot(struct reading *r, const struct json *value, struct draft *draft, size_t *slot)
{
    const char *name = json_key(value);

    if (*name == '\0' || strpbrk(name, "{} ") != NULL)
        return reading_fail(r, value, "expected the name of a slot, without blanks or braces");
    for (*slot = 0; *slot < draft->slot_count; (*slot)++)
        if (strcmp(draft->slots[*slot], name) == 0)
            return 0;
    if (draft->slot_count == DRAFT_SLOTS_MAX)
        return reading_fail(r, value, "expected %d slots at most", DRAFT_SLOTS_MAX);
    draft->slots[draft->slot_count++] = arena_strdup(r->arena, name);
    return 0;
}

int question_read_texts(struct reading *r, const struct json *value, struct draft *draft, const char **texts)
{
    size_t slot;

    if (json_kind(value) != JSON_OBJECT)
        return reading_refuse(r, value, "an object: slots and their texts");
    for (const struct json *item = json_first(value); item != NULL; item = json_next(item))
        if (question_find_slot(r, item, draft, &slot) < 0 || reading_text(r, item, "a text", &texts[slot]) < 0)
            return -1;
    return check_text_slots(r, value);
}
