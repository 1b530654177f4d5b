/*
 * The part of a task file that says what the rows hold: fields, parts, groups, and where worked examples lie.
 */
#include <stddef.h>
#include <string.h>

#include "harness/base/arena.h"
#include "harness/base/language.h"
#include "tasks/question_draft.h"
#include "tasks/question_slots.h"

struct fields { struct draft *draft; struct columns *columns; };

/* Where in a struct columns the column of that key stands. */
static column_names *column_of(struct columns *columns, const char *key)
{
    static const struct { const char *key; size_t offset; } PLACES[] = {
        { "id", offsetof(struct columns, id) },           { "input", offsetof(struct columns, input) },
        { "answer", offsetof(struct columns, answer) },   { "choices", offsetof(struct columns, choices) },
        { "category", offsetof(struct columns, category) }, { "cluster", offsetof(struct columns, cluster) },
        { "subcategory", offsetof(struct columns, subcategory) }, { "part", offsetof(struct columns, part) },
        { "correct", offsetof(struct columns, correct) }, { "solution", offsetof(struct columns, solution) },
    };
    size_t i = 0;

    while (strcmp(PLACES[i].key, key) != 0)
        i++;
    return (column_names *)(void *)((char *)columns + PLACES[i].offset);
}

static int read_column(struct reading *r, const struct json *value, void *into)
{
    return question_read_names(r, value, column_of(((struct fields *)into)->columns, json_key(value)));
}

static int read_columns(struct reading *r, const struct json *value, column_names **out)
{
    size_t n = 0;

    if (json_kind(value) != JSON_ARRAY || json_count(value) == 0)
        return reading_refuse(r, value, "a list of columns");
    *out = arena_calloc(r->arena, json_count(value) + 1, sizeof (*out)[0]);
    for (const struct json *item = json_first(value); item != NULL; item = json_next(item))
        if (question_read_names(r, item, &(*out)[n++]) < 0)
            return -1;
    return 0;
}

static int read_incorrect(struct reading *r, const struct json *value, void *into)
{
    return read_columns(r, value, &((struct fields *)into)->columns->incorrect);
}

static int read_choice_columns(struct reading *r, const struct json *value, void *into)
{
    return read_columns(r, value, &((struct fields *)into)->columns->choice_columns);
}

static int read_images(struct reading *r, const struct json *value, void *into)
{
    return read_columns(r, value, &((struct fields *)into)->columns->images);
}

static int read_answer_is(struct reading *r, const struct json *value, void *into)
{
    const char *word = json_text(value);
    bool is_text = word != NULL && strcmp(word, "text") == 0;

    if (!is_text && (word == NULL || strcmp(word, "label") != 0))
        return reading_refuse(r, value, "\"label\" (a letter or an index) or \"text\"");
    ((struct fields *)into)->columns->answer_is = is_text ? ANSWER_TEXT : ANSWER_LABEL;
    return 0;
}

static int read_text_columns(struct reading *r, const struct json *value, void *into)
{
    struct fields *fields = into;
    size_t slot;

    if (json_kind(value) != JSON_OBJECT)
        return reading_refuse(r, value, "an object: slots and their columns");
    fields->columns->texts = arena_calloc(r->arena, DRAFT_SLOTS_MAX + 1, sizeof fields->columns->texts[0]);
    for (const struct json *item = json_first(value); item != NULL; item = json_next(item))
        if (question_find_slot(r, item, fields->draft, &slot) < 0 ||
            question_read_names(r, item, &fields->columns->texts[slot]) < 0)
            return -1;
    return 0;
}

static int read_object(struct reading *r, const struct json *value, struct fields *fields)
{
    static const struct reading_key KEYS[] = {
        { "id", read_column, false }, { "input", read_column, false }, { "answer", read_column, false },
        { "answer_is", read_answer_is, false }, { "choices", read_column, false },
        { "choice_columns", read_choice_columns, false }, { "category", read_column, false },
        { "subcategory", read_column, false },
        { "cluster", read_column, false }, { "part", read_column, false }, { "correct", read_column, false },
        { "incorrect", read_incorrect, false }, { "images", read_images, false }, { "solution", read_column, false },
        { "texts", read_text_columns, false }, { NULL, NULL, false },
    };

    if (json_kind(value) != JSON_OBJECT)
        return reading_refuse(r, value, "an object of columns");
    return reading_object(r, value, KEYS, fields);
}

static int check_columns(struct reading *r, const struct json *value, const struct columns *columns)
{
    bool in_columns = columns->correct != NULL && columns->incorrect != NULL;

    if (columns->id == NULL)
        return reading_fail(r, value, "\"fields\": expected a key \"id\", found none");
    if (columns->input == NULL && columns->images == NULL)
        return reading_fail(r, value, "\"fields\": expected a key \"input\", found none (nor \"images\")");
    if ((columns->answer != NULL) == in_columns || (columns->correct != NULL) != (columns->incorrect != NULL))
        return reading_fail(r, value, "\"fields\": expected either \"answer\", or \"correct\" and \"incorrect\"");
    if ((columns->choices != NULL) + (columns->choice_columns != NULL) + in_columns > 1)
        return reading_fail(r, value, "\"fields\": expected the choices in one way, found them in several");
    if (columns->answer_is == ANSWER_TEXT && columns->choices == NULL && columns->choice_columns == NULL)
        return reading_fail(r, value, "\"answer_is\": expected choices, found none");
    return 0;
}

int question_read_fields(struct reading *r, const struct json *value, void *into)
{
    struct draft *draft = into;
    struct fields fields = { draft, &draft->question->columns };

    if (read_object(r, value, &fields) < 0 || check_columns(r, value, fields.columns) < 0)
        return -1;
    draft->question->shot_columns = *fields.columns;
    return 0;
}

/* --- parts --- */

struct part_draft { struct draft *draft; struct task_part *part; };

static int read_part_name(struct reading *r, const struct json *value, void *into)
{
    return reading_text(r, value, "the name of a part", &((struct part_draft *)into)->part->name);
}

static int read_part_paths(struct reading *r, const struct json *value, void *into)
{
    return question_read_names(r, value, &((struct part_draft *)into)->part->paths);
}

static int read_part_language(struct reading *r, const struct json *value, void *into)
{
    struct task_part *part = ((struct part_draft *)into)->part;

    if (reading_text(r, value, "a language", &part->language) < 0)
        return -1;
    if (!language_is_known(part->language))
        return reading_fail(r, value, "\"language\": no language \"%.20s\" is known here (" LANGUAGES_KNOWN ")",
                            part->language);
    return 0;
}

static int read_part_labels(struct reading *r, const struct json *value, void *into)
{
    return question_read_names(r, value, (column_names *)&((struct part_draft *)into)->part->labels);
}

static int read_part_texts(struct reading *r, const struct json *value, void *into)
{
    struct part_draft *one = into;
    const char **texts = arena_calloc(r->arena, DRAFT_SLOTS_MAX + 1, sizeof texts[0]);

    one->part->texts = texts;
    return question_read_texts(r, value, one->draft, texts);
}

static int read_part(struct reading *r, const struct json *value, void *into)
{
    static const struct reading_key KEYS[] = {
        { "name", read_part_name, true }, { "paths", read_part_paths, false }, { "texts", read_part_texts, false },
        { "language", read_part_language, false }, { "labels", read_part_labels, false }, { NULL, NULL, false },
    };
    struct draft *draft = into;
    struct question *question = draft->question;
    struct part_draft one = { draft, (struct task_part *)&question->parts[question->part_count] };

    if (json_kind(value) == JSON_OBJECT ? reading_object(r, value, KEYS, &one) < 0
                                        : reading_text(r, value, "a part: its name, or an object", &one.part->name) < 0)
        return -1;
    for (size_t i = 0; i < question->part_count; i++)
        if (strcmp(question->parts[i].name, one.part->name) == 0)
            return reading_fail(r, value, "a second part \"%.80s\"", one.part->name);
    question->part_count++;
    return 0;
}

int question_read_parts(struct reading *r, const struct json *value, void *into)
{
    struct question *question = ((struct draft *)into)->question;

    question->parts = arena_calloc(r->arena, json_count(value) + 1, sizeof question->parts[0]);
    return reading_some(r, value, JSON_ARRAY, "a list of parts", read_part, into);
}

/* --- groups --- */

static int read_group(struct reading *r, const struct json *value, void *into)
{
    struct question *question = into;
    struct group *group = (struct group *)&question->groups[question->group_count++];

    group->name = arena_strdup(r->arena, json_key(value));
    group->categories = arena_calloc(r->arena, 1, sizeof group->categories[0]);
    if (json_kind(value) == JSON_ARRAY && json_count(value) == 0)
        return 0;                   /* "other" needs to name none */
    return question_read_names(r, value, &group->categories);
}

int question_read_groups(struct reading *r, const struct json *value, void *into)
{
    struct question *question = ((struct draft *)into)->question;

    question->groups = arena_calloc(r->arena, json_count(value) + 1, sizeof question->groups[0]);
    return reading_some(r, value, JSON_OBJECT, "an object of lists of categories", read_group, question);
}

/* --- worked examples --- */

static int read_shot_paths(struct reading *r, const struct json *value, void *into)
{
    return question_read_names(r, value, &((struct draft *)into)->question->shot_paths);
}

static int read_shot_fields(struct reading *r, const struct json *value, void *into)
{
    struct draft *draft = into;
    struct fields fields = { draft, &draft->question->shot_columns };

    return read_object(r, value, &fields);
}

static int read_shot_strip(struct reading *r, const struct json *value, void *into)
{
    return reading_text(r, value, "what is taken off", &((struct draft *)into)->question->shot_strip);
}

static int read_shot_conclusion(struct reading *r, const struct json *value, void *into)
{
    return reading_text(r, value, "what a solution's last sentence begins with",
                        &((struct draft *)into)->question->shot_conclusion);
}

static int read_shot_source(struct reading *r, const struct json *value, void *into)
{
    return question_read_source(r, value, &((struct draft *)into)->question->task.shots);
}

int question_read_shots(struct reading *r, const struct json *value, void *into)
{
    static const struct reading_key KEYS[] = {
        { "paths", read_shot_paths, true }, { "fields", read_shot_fields, false }, { "strip", read_shot_strip, false },
        { "conclusion", read_shot_conclusion, false }, { "source", read_shot_source, false }, { NULL, NULL, false },
    };

    if (json_kind(value) != JSON_OBJECT)
        return reading_refuse(r, value, "an object: where worked examples lie");
    return reading_object(r, value, KEYS, into);
}
