#include "tasks/question_row.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "harness/base/json.h"
#include "harness/base/json_write.h"
#include "harness/engine/grading.h"
#include "harness/engine/sample.h"
#include "tasks/image.h"
#include "tasks/pylist.h"

#define COLUMNS_SHOWN_MAX 12

/* The member of that name, or where it leads inside ("row.Question"). */
static const struct json *find_member(const struct json *row, const char *name)
{
    const struct json *value = json_get_any_case(row, name);
    const char *dot = strchr(name, '.');
    char outer[64];

    if (value != NULL || dot == NULL || (size_t)(dot - name) >= sizeof outer)
        return value;
    memcpy(outer, name, (size_t)(dot - name));
    outer[dot - name] = '\0';
    return find_member(json_get_any_case(row, outer), dot + 1);
}

static const struct json *find_column(const struct json *row, column_names names)
{
    const struct json *value = NULL, *inner = NULL;

    if (names == NULL)
        return NULL;
    for (size_t i = 0; names[i] != NULL && value == NULL; i++)
        value = find_member(row, names[i]);
    if (value == NULL)
        inner = json_get(row, "row");
    return json_kind(inner) == JSON_OBJECT ? find_column(inner, names) : value;
}

/* What stands there instead, for "expected ..., found ...". */
static const char *found(const struct json *value)
{
    bool truth;

    if (json_to_bool(value, &truth))
        return truth ? "true" : "false";
    if (json_text(value) != NULL && json_text(value)[strspn(json_text(value), " \t\r\n")] == '\0')
        return "an empty string";
    return value != NULL ? json_kind_name(json_kind(value)) : "none";
}

/* The columns there are, as many as an error has room for; of a csv with other separators that is one. */
static void add_columns(struct buf *out, const struct json *row)
{
    const struct json *inner = json_get(row, "row");
    const struct json *first = json_first(json_kind(inner) == JSON_OBJECT ? inner : row);
    const char *only = first != NULL && json_next(first) == NULL ? json_key(first) : NULL;
    const struct json *cell = first;
    size_t n = 0;

    buf_add_string(out, first != NULL ? "; the columns are" : "");
    for (; cell != NULL && n < COLUMNS_SHOWN_MAX; cell = json_next(cell))
        buf_addf(out, "%s \"%.40s\"", n++ > 0 ? "," : "", json_key(cell));
    if (cell != NULL)
        buf_add_string(out, ", ...");
    if (only != NULL && strpbrk(only, ";\t|") != NULL)
        buf_add_string(out, ": in a csv \",\" separates them");
}

/* A column that is not there, or holds another kind of thing than expected. */
static int missing(const struct json *row, column_names names, const char *expected, struct err *err)
{
    const struct json *value = find_column(row, names);
    struct buf columns;

    if (value != NULL)
        return err_set_code(err, EXIT_BAD_DATA, "\"%s\": expected %s, found %s", names[0], expected, found(value));
    buf_init(&columns, 0);
    add_columns(&columns, row);
    err_set_code(err, EXIT_BAD_DATA, "no \"%s\" (%s expected)%s", names[0], expected, columns.data);
    buf_fini(&columns);
    return -1;
}

/* A string as it is, a number as it is written; NULL for anything else. */
static const char *cell_text(struct arena *arena, const struct json *value)
{
    int64_t number;
    double real;
    size_t length;
    const char *digits = json_digits(value, &length);

    if (json_kind(value) == JSON_STRING)
        return arena_strdup(arena, json_text(value));
    if (digits != NULL)
        return arena_strndup(arena, digits, length);
    if (value != NULL && json_to_int64(value, &number))
        return arena_printf(arena, "%lld", (long long)number);
    return value != NULL && json_to_number(value, &real) ? arena_printf(arena, "%.17g", real) : NULL;
}

static const char *trimmed(struct arena *arena, const char *text)
{
    size_t length;

    while (isspace((unsigned char)*text))
        text++;
    length = strlen(text);
    while (length > 0 && isspace((unsigned char)text[length - 1]))
        length--;
    return arena_strndup(arena, text, length);
}

/* --- parts, ids, categories --- */

static const struct task_part *find_part(const struct row_reader *reader, const struct json *row, struct err *err)
{
    const struct question *question = reader->question;
    const char *name = cell_text(reader->scratch, find_column(row, question->columns.part));

    for (size_t i = 0; name != NULL && i < question->part_count; i++)
        if (strcmp(question->parts[i].name, name) == 0)
            return &question->parts[i];
    if (name == NULL)
        err_set_code(err, EXIT_BAD_DATA, "no part: neither the file's name nor a column says which it is of");
    else
        err_set_code(err, EXIT_BAD_DATA, "\"%s\": \"%.80s\" is no part of %s", question->columns.part[0], name,
                     question->task.name);
    return NULL;
}

/* A number that is not whole is no count of rows, but another column, or one that somebody has calculated with. */
static bool is_whole(const struct json *value)
{
    size_t length;
    int64_t number;

    return json_kind(value) != JSON_NUMBER || json_digits(value, &length) != NULL || json_to_int64(value, &number);
}

static int read_id(const struct row_reader *reader, const struct json *row, const struct task_part *part,
                   struct sample *sample, struct err *err)
{
    const struct json *value = find_column(row, reader->columns->id);
    const char *id = cell_text(reader->arena, value);

    if (reader->is_shot)
        id = "shot";
    if (!reader->is_shot && !is_whole(value))
        return err_set_code(err, EXIT_BAD_DATA, "\"%s\": expected a string or a whole number, found %s",
                            reader->columns->id[0], id);
    if (id == NULL || id[0] == '\0')
        return missing(row, reader->columns->id, "a string or an integer", err);
    sample->id = part == NULL || strstr(id, part->name) != NULL ? id : arena_printf(reader->arena, "%s-%s", part->name, id);
    return 0;
}

/* What stands between the first and the last "_". */
static const char *middle_of(struct arena *arena, const char *id)
{
    const char *first = strchr(id, '_'), *last = strrchr(id, '_');

    return first == NULL || first == last ? NULL : arena_strndup(arena, first + 1, (size_t)(last - first) - 1);
}

/* A category that stands in none belongs to the group "other", where there is one. */
static const char *group_of(const struct question *question, const char *category)
{
    const char *other = NULL;

    for (size_t i = 0; i < question->group_count; i++) {
        for (column_names name = question->groups[i].categories; *name != NULL; name++)
            if (strcasecmp(*name, category) == 0)
                return question->groups[i].name;
        if (strcmp(question->groups[i].name, "other") == 0)
            other = question->groups[i].name;
    }
    return other;
}

static int read_category(const struct row_reader *reader, const struct json *row, const struct task_part *part,
                         struct sample *sample, struct err *err)
{
    const struct question *question = reader->question;
    const char *category = question->category_of_id ? middle_of(reader->arena, sample->id)
                                                    : cell_text(reader->arena, find_column(row, reader->columns->category));
    const char *group = category != NULL ? group_of(question, category) : NULL;
    bool is_part = part != NULL && category != NULL && strcmp(category, part->name) == 0;

    if (question->group_count > 0 && group == NULL)
        return err_set_code(err, EXIT_BAD_DATA, "the category \"%.80s\" stands in no group of %s",
                            category != NULL ? category : "", question->task.name);
    if (group != NULL)
        category = arena_printf(reader->arena, "%s/%s", group, category);
    const char *sub = cell_text(reader->scratch, find_column(row, reader->columns->subcategory));
    if (sub != NULL && category != NULL)
        category = arena_printf(reader->arena, "%s/%s", category, sub);
    if (part != NULL && !is_part)
        category = category != NULL ? arena_printf(reader->arena, "%s/%s", part->name, category) : part->name;
    sample->category = category;
    return 0;
}

/* --- choices and the key --- */

static int check_choices(const struct row_reader *reader, const char **choices, size_t count, struct sample *sample,
                         struct err *err)
{
    if (count < 2 || count > SAMPLE_CHOICES_MAX) {
        column_names names = reader->columns->choices != NULL
            ? reader->columns->choices : reader->columns->choice_columns[0];
        return err_set_code(err, EXIT_BAD_DATA, "\"%s\": expected 2 to %d choices, found %zu", names[0],
                            SAMPLE_CHOICES_MAX, count);
    }
    /* Blanks around a choice would give it away: in MMLU-Pro 492 of 497 that alone have some are the key. */
    for (size_t i = 0; i < count; i++)
        choices[i] = trimmed(reader->arena, choices[i]);
    sample->choices = choices;
    sample->choice_count = count;
    return 0;
}

static int read_columns(const struct row_reader *reader, const struct json *row, const column_names *columns,
                        const char **choices, size_t *count, struct err *err)
{
    for (*count = 0; columns[*count] != NULL; (*count)++) {
        if (*count == SAMPLE_CHOICES_MAX)
            return err_set_code(err, EXIT_BAD_DATA, "expected %d choices at most", SAMPLE_CHOICES_MAX);
        choices[*count] = cell_text(reader->scratch, find_column(row, columns[*count]));
        if (choices[*count] == NULL)
            return missing(row, columns[*count], "a string", err);
    }
    return 0;
}

/* The key stands in its own column: the choices are the incorrect ones in order, then the correct one. */
static int read_correct(const struct row_reader *reader, const struct json *row, struct sample *sample, struct err *err)
{
    const char **choices = arena_calloc(reader->arena, SAMPLE_CHOICES_MAX + 1, sizeof choices[0]);
    size_t count;

    if (read_columns(reader, row, reader->columns->incorrect, choices, &count, err) < 0)
        return -1;
    const char *correct = cell_text(reader->scratch, find_column(row, reader->columns->correct));
    if (correct == NULL)
        return missing(row, reader->columns->correct, "a string", err);
    choices[count] = correct;
    sample->correct = count;
    return check_choices(reader, choices, count + 1, sample, err);
}

static int read_json_list(const struct row_reader *reader, const struct json *list, const char ***choices, size_t *count,
                          struct err *err)
{
    *choices = arena_calloc(reader->arena, json_count(list) + 1, sizeof (*choices)[0]);
    *count = 0;
    for (const struct json *item = json_first(list); item != NULL; item = json_next(item)) {
        (*choices)[*count] = cell_text(reader->scratch, item);
        if ((*choices)[(*count)++] == NULL)
            return err_set_code(err, EXIT_BAD_DATA, "\"%s\": expected a list of strings, found %s in it",
                                reader->columns->choices[0], found(item));
    }
    return 0;
}

/* A list, or one as Python writes it. *count 0: an open question. */
static int read_list(const struct row_reader *reader, const struct json *row, const char ***choices, size_t *count,
                     struct err *err)
{
    const struct json *cell = find_column(row, reader->columns->choices);

    if (json_kind(cell) == JSON_ARRAY)
        return read_json_list(reader, cell, choices, count, err);
    if (json_text(cell) == NULL)
        return missing(row, reader->columns->choices, "a list of choices", err);
    if (pylist_parse(reader->arena, json_text(cell), choices, count, err) < 0)
        return err_prefix(err, "\"%s\": ", reader->columns->choices[0]);
    return 0;
}

static int read_text_key(const struct row_reader *reader, const char *text, struct sample *sample, struct err *err)
{
    size_t count = 0;

    for (size_t i = 0; i < sample->choice_count; i++)
        if (strcmp(sample->choices[i], text) == 0) {
            sample->correct = i;
            count++;
        }
    if (count == 1)
        return 0;
    return err_set_code(err, EXIT_BAD_DATA, "\"%s\": expected the text of one choice, found \"%.80s\", which is that of %zu",
                        reader->columns->answer[0], text, count);
}

/* A letter, or an index from 0; -1 for anything else. */
static long read_label(const char *text)
{
    char *end;
    long index;

    if (isalpha((unsigned char)text[0]) && text[1] == '\0')
        return toupper((unsigned char)text[0]) - 'A';
    if (!isdigit((unsigned char)text[0]))
        return -1;
    index = strtol(text, &end, 10);
    return *end == '\0' ? index : -1;
}

/* The choice of that text; their count: none. */
static size_t find_text(const struct sample *sample, const char *text)
{
    size_t i = 0;

    while (i < sample->choice_count && strcmp(sample->choices[i], text) != 0)
        i++;
    return i;
}

/* Of the choices "1", "2", "3" the key "1" is the second by its index and the first by its text: nobody can tell, whether
 * key and choices are written as strings or as numbers. */
static int check_label(const struct row_reader *reader, const char *text, const struct sample *sample, struct err *err)
{
    const char *labelled = sample->choices[sample->correct];
    int of_text = (int)('A' + find_text(sample, text)), of_label = (int)('A' + sample->correct);

    if (find_text(sample, text) == sample->choice_count || strcmp(labelled, text) == 0)
        return 0;
    return err_set_code(err, EXIT_BAD_DATA,
                        "\"%s\": \"%s\" is the text of choice %c and the %s of choice %c, \"%.80s\"; say which in "
                        "\"fields\" of the task: \"answer_is\": \"text\" (choice %c) or \"answer_is\": \"label\" "
                        "(choice %c)",
                        reader->columns->answer[0], text, of_text,
                        isdigit((unsigned char)text[0]) ? "index (from 0)" : "letter", of_label, labelled, of_text,
                        of_label);
}

static int refuse_label(const struct row_reader *reader, const char *text, const struct sample *sample,
                        struct err *err)
{
    bool is_text = find_text(sample, text) < sample->choice_count;

    return err_set_code(err, EXIT_BAD_DATA,
                        "\"%s\": expected the letter of one of %zu choices, or its index from 0, found \"%.80s\"%s",
                        reader->columns->answer[0], sample->choice_count, text,
                        is_text ? ", which is a choice's text: say \"answer_is\": \"text\" in \"fields\" of the task"
                                : "");
}

/* An index from 0, also as a string, or a letter; a text where the task says so. */
static int read_key(const struct row_reader *reader, const struct json *row, struct sample *sample, struct err *err)
{
    const struct json *value = find_column(row, reader->columns->answer);
    const char *text = cell_text(reader->scratch, value);
    long index;

    if (text == NULL)
        return missing(row, reader->columns->answer, reader->columns->answer_is == ANSWER_TEXT
                       ? "the text of a choice" : "the letter of a choice, or its index from 0", err);
    text = trimmed(reader->scratch, text);
    if (reader->columns->answer_is == ANSWER_TEXT)
        return read_text_key(reader, text, sample, err);
    index = read_label(text);
    if (index < 0 || (size_t)index >= sample->choice_count)
        return refuse_label(reader, text, sample, err);
    sample->correct = (size_t)index;
    return reader->columns->answer_is == ANSWER_UNSAID ? check_label(reader, text, sample, err) : 0;
}

/* --- open answers --- */

/* Alternatives, as a list that pylist reads again. */
static const char *write_list(struct arena *arena, const struct json *list)
{
    struct buf text;
    const char *copy;

    buf_init(&text, 0);
    struct json_write w = json_write_to(&text);
    json_open(&w, NULL, '[');
    for (const struct json *item = json_first(list); item != NULL; item = json_next(item))
        json_add_string(&w, NULL, cell_text(arena, item));
    json_close(&w);
    copy = arena_strndup(arena, text.data, text.length);
    buf_fini(&text);
    return copy;
}

static int read_target(const struct row_reader *reader, const struct json *row, struct sample *sample, struct err *err)
{
    const struct json *cell = find_column(row, reader->columns->answer);
    const char *text = json_kind(cell) == JSON_ARRAY && json_count(cell) > 0 ? write_list(reader->scratch, cell)
                                                                             : cell_text(reader->scratch, cell);
    const struct grader *grader = reader->question->task.grader;

    if (text == NULL || trimmed(reader->scratch, text)[0] == '\0')
        return missing(row, reader->columns->answer, "a string or an integer", err);
    sample->target = trimmed(reader->arena, text);
    if (grader->takes != NULL && !grader->takes(sample->target))
        return err_set_code(err, EXIT_BAD_DATA, "\"%s\": the grader \"%s\" cannot compare with \"%.80s\"",
                            reader->columns->answer[0], grader->name, sample->target);
    return 0;
}

static int read_answer(const struct row_reader *reader, const struct json *row, struct sample *sample, struct err *err)
{
    const struct columns *columns = reader->columns;
    const char **choices;
    size_t count = 0;

    if (columns->correct != NULL)
        return read_correct(reader, row, sample, err);
    if (columns->choices == NULL && columns->choice_columns == NULL)
        return read_target(reader, row, sample, err);
    if (columns->choice_columns != NULL) {
        choices = arena_calloc(reader->arena, SAMPLE_CHOICES_MAX + 1, sizeof choices[0]);
        if (read_columns(reader, row, columns->choice_columns, choices, &count, err) < 0)
            return -1;
    } else if (read_list(reader, row, &choices, &count, err) < 0) {
        return -1;
    }
    if (count == 0 && reader->question->forms[0].open != NULL)
        return read_target(reader, row, sample, err);
    if (check_choices(reader, choices, count, sample, err) < 0)
        return -1;
    return read_key(reader, row, sample, err);
}

/* --- images and further slots --- */

static bool is_empty(const struct json *cell)
{
    return json_kind(cell) == JSON_NULL || (json_text(cell) != NULL && *json_text(cell) == '\0');
}

static size_t count_columns(const column_names *columns)
{
    size_t count = 0;

    while (columns != NULL && columns[count] != NULL)
        count++;
    return count;
}

static int read_images(const struct row_reader *reader, const struct json *row, struct sample *sample, struct err *err)
{
    const struct image **images;
    column_names *columns = reader->columns->images;
    size_t count = count_columns(columns);

    if (count == 0)
        return 0;
    images = arena_calloc(reader->arena, count, sizeof images[0]);
    for (size_t i = 0; i < count; i++) {
        const struct json *cell = find_column(row, columns[i]);
        if (is_empty(cell))
            continue;
        images[i] = images_add(reader->images, reader->folder, cell, err);
        if (images[i] == NULL)
            return err_prefix(err, "\"%s\": ", columns[i][0]);
        sample->image_count = i + 1;
    }
    sample->images = images;
    return 0;
}

/* Whether a text names a picture that the row has not. MMMU has such questions: the words stay. */
static bool names_missing(const struct sample *sample, const char *text)
{
    for (const char *at = strstr(text, "<image "); at != NULL; at = strstr(at + 1, "<image ")) {
        char *end;
        unsigned long number = strtoul(at + 7, &end, 10);
        if (*end == '>' && (number == 0 || number > sample->image_count || sample->images[number - 1] == NULL))
            return true;
    }
    return false;
}

static int check_images(const struct row_reader *reader, const struct json *row, const struct sample *sample,
                        struct err *err)
{
    bool missed = false;

    if (reader->columns->images == NULL)
        return 0;
    if (sample->image_count == 0)
        return missing(row, reader->columns->images[0], "an image", err);
    if (reader->columns->input == NULL)
        return 0;                   /* the picture holds the question and its choices: their texts are not shown */
    missed = names_missing(sample, sample->input);
    for (size_t i = 0; i < sample->choice_count; i++)
        missed = missed || names_missing(sample, sample->choices[i]);
    *reader->missed_images += missed;
    return 0;
}

static void read_texts(const struct row_reader *reader, const struct json *row, const struct task_part *part,
                       struct sample *sample)
{
    const struct question *question = reader->question;
    const char **texts;
    size_t count = 0;

    while (question->slots[count] != NULL)
        count++;
    if (count == 0)
        return;
    texts = arena_calloc(reader->arena, count, sizeof texts[0]);
    for (size_t i = 0; i < count; i++) {
        column_names names = reader->columns->texts != NULL ? reader->columns->texts[i] : NULL;
        texts[i] = names != NULL ? cell_text(reader->arena, find_column(row, names)) : NULL;
        if (texts[i] == NULL && part != NULL && part->texts != NULL)
            texts[i] = part->texts[i];
        if (texts[i] == NULL)
            texts[i] = question->texts[i];
    }
    sample->texts = texts;
}

static int read_input(const struct row_reader *reader, const struct json *row, struct sample *sample, struct err *err)
{
    sample->input = cell_text(reader->arena, find_column(row, reader->columns->input));
    if (sample->input == NULL && reader->columns->input == NULL)
        sample->input = "";
    if (sample->input == NULL)
        return missing(row, reader->columns->input, "the question, a string", err);
    return 0;
}

/* A row without a word to ask is one cut short, or another column. */
static int check_input(const struct row_reader *reader, const struct json *row, const struct sample *sample, struct err *err)
{
    if (reader->columns->input == NULL || sample->image_count > 0 || trimmed(reader->scratch, sample->input)[0] != '\0')
        return 0;
    return missing(row, reader->columns->input, "the question, a string", err);
}

static int read_solution(const struct row_reader *reader, const struct json *row, struct sample *sample, struct err *err)
{
    const char *strip = reader->question->shot_strip;

    if (!reader->is_shot || reader->columns->solution == NULL)
        return 0;
    sample->solution = cell_text(reader->arena, find_column(row, reader->columns->solution));
    if (sample->solution == NULL)
        return missing(row, reader->columns->solution, "a string", err);
    if (strip != NULL && strncmp(sample->solution, strip, strlen(strip)) == 0)
        sample->solution += strlen(strip);
    return 0;
}

int row_read(const struct row_reader *reader, const struct json *row, struct sample *sample, struct err *err)
{
    const struct task_part *part = reader->part;

    if (json_kind(row) != JSON_OBJECT)
        return err_set_code(err, EXIT_BAD_DATA, "expected an object");
    if (part == NULL && reader->columns->part != NULL && (part = find_part(reader, row, err)) == NULL)
        return -1;
    if (read_id(reader, row, part, sample, err) < 0 || read_category(reader, row, part, sample, err) < 0 ||
        read_input(reader, row, sample, err) < 0 || read_answer(reader, row, sample, err) < 0 ||
        read_images(reader, row, sample, err) < 0 || check_images(reader, row, sample, err) < 0 ||
        check_input(reader, row, sample, err) < 0 ||
        read_solution(reader, row, sample, err) < 0)
        return -1;
    read_texts(reader, row, part, sample);
    sample->language = part != NULL ? part->language : NULL;
    sample->cluster = cell_text(reader->arena, find_column(row, reader->columns->cluster));
    sample_hash(sample);
    return 0;
}
