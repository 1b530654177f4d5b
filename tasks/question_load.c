/*
 * Loading a question task: find the file, read it row by row (.jsonl or .csv), make a sample of each row, refuse two
 * rows of one id. Every error names file, line and what was expected.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "harness/base/embedded.h"
#include "harness/base/file.h"
#include "harness/base/hash.h"
#include "harness/base/json.h"
#include "harness/base/jsonl.h"
#include "harness/base/mem.h"
#include "harness/engine/grading.h"
#include "harness/engine/sample.h"
#include "tasks/csv.h"
#include "tasks/question.h"

struct seen {
    const char *id;
    size_t line;
    UT_hash_handle hh;
};

struct load {
    const struct question *question;
    struct dataset *out;
    struct arena *arena;           /* the data set's */
    struct arena *scratch;         /* of this load */
    struct seen *seen;
    size_t capacity;
    struct err *err;
};

static const struct json *find_column(const struct json *row, column_names names)
{
    const struct json *value = NULL;

    for (size_t i = 0; names != NULL && names[i] != NULL && value == NULL; i++)
        value = json_get_any_case(row, names[i]);
    return value;
}

static int missing(struct load *load, column_names names, const char *expected)
{
    return err_set_code(load->err, EXIT_BAD_DATA, "no \"%s\" (%s expected)", names[0], expected);
}

/* A string as it is, a number as it is written; NULL for anything else. */
static const char *cell_text(struct arena *arena, const struct json *value)
{
    int64_t number;

    if (json_kind(value) == JSON_STRING)
        return arena_strdup(arena, json_text(value));
    return value != NULL && json_to_int64(value, &number) ? arena_printf(arena, "%lld", (long long)number) : NULL;
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

static int read_id(struct load *load, const struct json *row, struct sample *sample, size_t line)
{
    struct seen *seen;

    sample->id = cell_text(load->arena, find_column(row, load->question->id));
    if (sample->id == NULL || sample->id[0] == '\0')
        return missing(load, load->question->id, "a string or an integer");
    HASH_FIND_STR(load->seen, sample->id, seen);
    if (seen != NULL)
        return err_set_code(load->err, EXIT_BAD_DATA, "the id \"%s\" stands on line %zu already", sample->id, seen->line);
    seen = arena_alloc(load->scratch, sizeof *seen);
    *seen = (struct seen){ .id = sample->id, .line = line };
    HASH_ADD_KEYPTR(hh, load->seen, seen->id, strlen(seen->id), seen);
    return 0;
}

/* The key stands in its own column: the choices are the incorrect ones in order, then the correct one. */
static int read_columns(struct load *load, const struct json *row, struct sample *sample)
{
    const struct question *question = load->question;
    const char **choices = arena_calloc(load->arena, SAMPLE_CHOICES_MAX, sizeof choices[0]);
    size_t n = 0;

    for (; question->incorrect[n] != NULL && n < SAMPLE_CHOICES_MAX - 1; n++) {
        const char *text = cell_text(load->scratch, find_column(row, question->incorrect[n]));
        if (text == NULL)
            return missing(load, question->incorrect[n], "a string");
        choices[n] = trimmed(load->arena, text);
    }
    const char *correct = cell_text(load->scratch, find_column(row, question->correct));
    if (correct == NULL)
        return missing(load, question->correct, "a string");
    choices[n] = trimmed(load->arena, correct);
    sample->choices = choices;
    sample->choice_count = n + 1;
    sample->correct = n;
    return 0;
}

static int read_list(struct load *load, const struct json *list, struct sample *sample)
{
    size_t count = json_count(list), n = 0;
    const char **choices = arena_calloc(load->arena, count + 1, sizeof choices[0]);

    if (json_kind(list) != JSON_ARRAY || count < 2 || count > SAMPLE_CHOICES_MAX)
        return missing(load, load->question->choices, "a list of 2 to 26 choices");
    for (const struct json *item = json_first(list); item != NULL; item = json_next(item)) {
        choices[n] = cell_text(load->arena, item);
        if (choices[n++] == NULL)
            return missing(load, load->question->choices, "a list of strings");
    }
    sample->choices = choices;
    sample->choice_count = count;
    return 0;
}

/* An index from 0, or a letter. */
static int read_key(struct load *load, const struct json *value, struct sample *sample)
{
    const char *text = json_text(value);
    int64_t index = -1;

    if (text != NULL && text[0] != '\0' && text[1] == '\0' && isalpha((unsigned char)text[0]))
        index = toupper((unsigned char)text[0]) - 'A';
    else if (value != NULL)
        json_to_int64(value, &index);
    if (index < 0 || (size_t)index >= sample->choice_count)
        return missing(load, load->question->answer, "the index of a choice, from 0, or its letter");
    sample->correct = (size_t)index;
    return 0;
}

static int read_target(struct load *load, const struct json *row, struct sample *sample)
{
    const char *text = cell_text(load->scratch, find_column(row, load->question->answer));
    const struct grader *grader = load->question->task.grader;

    if (text == NULL || trimmed(load->scratch, text)[0] == '\0')
        return missing(load, load->question->answer, "a string or an integer");
    sample->target = trimmed(load->arena, text);
    if (grader->takes != NULL && !grader->takes(sample->target))
        return err_set_code(load->err, EXIT_BAD_DATA, "\"%s\": the grader \"%s\" cannot compare with \"%.80s\"",
                            load->question->answer[0], grader->name, sample->target);
    return 0;
}

static int read_answer(struct load *load, const struct json *row, struct sample *sample)
{
    if (load->question->correct != NULL)
        return read_columns(load, row, sample);
    if (load->question->choices == NULL)
        return read_target(load, row, sample);
    if (read_list(load, find_column(row, load->question->choices), sample) < 0)
        return -1;
    return read_key(load, find_column(row, load->question->answer), sample);
}

static struct sample *add_sample(struct load *load)
{
    if (load->out->count == load->capacity) {
        struct sample *more = arena_calloc(load->arena, load->capacity * 2 + 64, sizeof more[0]);
        if (load->out->count > 0)
            memcpy(more, load->out->samples, load->out->count * sizeof more[0]);
        load->out->samples = more;
        load->capacity = load->capacity * 2 + 64;
    }
    return &load->out->samples[load->out->count++];
}

static int read_row(struct load *load, const struct json *row, size_t line)
{
    struct sample *sample = add_sample(load);
    const char *input;

    if (json_kind(row) != JSON_OBJECT)
        return err_set_code(load->err, EXIT_BAD_DATA, "expected an object");
    if (read_id(load, row, sample, line) < 0 || read_answer(load, row, sample) < 0)
        return -1;
    input = json_text(find_column(row, load->question->input));
    if (input == NULL || input[0] == '\0')
        return missing(load, load->question->input, "a string");
    sample->input = arena_strdup(load->arena, input);
    sample->category = cell_text(load->arena, find_column(row, load->question->category));
    sample->cluster = cell_text(load->arena, find_column(row, load->question->cluster));
    sample_hash(sample);
    return 0;
}

static int load_jsonl(struct load *load, struct jsonl *jsonl)
{
    struct json_doc *doc;
    int got;

    while ((got = jsonl_next(jsonl, &doc, load->err)) > 0) {
        int status = read_row(load, json_root(doc), jsonl_line(jsonl));
        json_free(doc);
        if (status < 0)
            return err_prefix(load->err, "%s line %zu: ", jsonl_path(jsonl), jsonl_line(jsonl));
    }
    jsonl_sha256(jsonl, load->out->sha256);
    return got;
}

static int load_jsonl_file(struct load *load, const char *path)
{
    struct jsonl *jsonl = jsonl_open(path, load->err);
    int status = jsonl == NULL ? -1 : load_jsonl(load, jsonl);

    jsonl_close(jsonl);
    return status;
}

static int load_builtin(struct load *load, const struct embedded *data)
{
    struct jsonl *jsonl = jsonl_open_memory(data->name, data->data, data->length, load->err);
    int status = jsonl == NULL ? -1 : load_jsonl(load, jsonl);

    jsonl_close(jsonl);
    return status;
}

static int load_csv_rows(struct load *load, struct csv *csv, const char *path)
{
    struct json_doc *doc;
    int got;

    while ((got = csv_next(csv, &doc, load->err)) > 0) {
        int status = read_row(load, json_root(doc), csv_line(csv));
        json_free(doc);
        if (status < 0)
            return err_prefix(load->err, "%s line %zu: ", path, csv_line(csv));
    }
    return got;
}

static int load_csv_file(struct load *load, const char *path)
{
    struct csv *csv = NULL;
    struct buf text;
    int status = -1;

    buf_init(&text, 0);
    if (file_read(path, &text, load->err) == 0)
        csv = csv_open(path, text.data, text.length, load->err);
    if (csv != NULL)
        status = load_csv_rows(load, csv, path);
    hash_sha256_hex(text.data, text.length, load->out->sha256);
    csv_close(csv);
    buf_fini(&text);
    return status;
}

static bool is_csv(const char *path)
{
    size_t length = strlen(path);

    return length > 4 && strcmp(path + length - 4, ".csv") == 0;
}

static void refuse_search(struct load *load, const struct data_source *source)
{
    const struct task *task = &load->question->task;
    struct buf names;

    buf_init(&names, 0);
    for (size_t i = 0; task->paths[i] != NULL; i++)
        buf_addf(&names, "%s%s", i > 0 ? ", " : "", task->paths[i]);
    if (source->folder == NULL)
        err_set_code(load->err, EXIT_BAD_DATA, "no data: give --data DIR, a folder with one of %s, or --data %s=FILE",
                     names.data, task->name);
    else
        err_set_code(load->err, EXIT_BAD_DATA, "no data: %s holds none of %s; give another folder, or --data %s=FILE",
                     source->folder, names.data, task->name);
    buf_fini(&names);
}

/* Where the data lies: the user's own path, or the first candidate there is. */
static const char *find_path(struct load *load, const struct data_source *source)
{
    const struct task *task = &load->question->task;

    if (source->path != NULL)
        return source->path;
    for (size_t i = 0; source->folder != NULL && task->paths[i] != NULL; i++) {
        const char *path = file_join(load->scratch, source->folder, task->paths[i]);
        if (file_exists(path))
            return path;
    }
    refuse_search(load, source);
    return NULL;
}

static int load_from(struct load *load, const struct data_source *source)
{
    if (load->question->builtin != NULL && source->path == NULL) {
        load->out->path = "built in";
        return load_builtin(load, load->question->builtin);
    }
    const char *path = find_path(load, source);
    if (path == NULL)
        return -1;
    load->out->path = arena_strdup(load->arena, path);
    return is_csv(path) ? load_csv_file(load, path) : load_jsonl_file(load, path);
}

int question_load(const struct task *task, const struct data_source *source, struct dataset *out, struct err *err)
{
    struct load load = { .question = (const struct question *)task, .out = out, .err = err };
    int status;

    *out = (struct dataset){ .arena = arena_new() };
    load.arena = out->arena;
    load.scratch = arena_new();
    status = load_from(&load, source);
    if (status == 0 && out->count == 0)
        status = err_set_code(err, EXIT_BAD_DATA, "%s: no rows", out->path);
    HASH_CLEAR(hh, load.seen);
    arena_free(load.scratch);
    if (status < 0)
        dataset_free(out);
    return status;
}
