/*
 * Loading a question task: find its file, or one of each part; read row by row (.jsonl or .csv), make a sample of each,
 * refuse two of one id; then add the worked examples that the profile shows. Every error names file, line and what was
 * expected.
 */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <uthash.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "harness/base/embedded.h"
#include "harness/base/file.h"
#include "harness/base/hash.h"
#include "harness/base/json.h"
#include "harness/base/jsonl.h"
#include "harness/base/mem.h"
#include "harness/engine/sample.h"
#include "tasks/csv.h"
#include "tasks/hub/fetch.h"
#include "tasks/hub/supply.h"
#include "tasks/image.h"
#include "tasks/question_row.h"
#include "tasks/question_set.h"

struct seen {
    const char *id, *path;
    size_t line;
    char hash[HASH_HEX_SIZE];
    UT_hash_handle hh;
};

struct samples { struct sample *items; size_t count, capacity; };

struct load {
    const struct question *question;
    const struct form *form;
    struct row_reader reader;
    struct samples samples, shots; /* the task's, and those to be shown as examples */
    struct samples *filled;        /* which of them is being read */
    struct seen *seen;
    size_t doubles;                /* rows that stand there twice */
    size_t missed_images;          /* samples whose text names a picture that they have not */
    struct buf hashes;             /* of the files read */
    struct dataset *out;
    struct err *err;
};

static struct sample *add_sample(struct load *load)
{
    struct samples *samples = load->filled;

    if (samples->count == samples->capacity) {
        samples->capacity = samples->capacity * 2 + 64;
        samples->items = xreallocarray(samples->items, samples->capacity, sizeof samples->items[0]);
    }
    samples->items[samples->count] = (struct sample){ 0 };
    return &samples->items[samples->count++];
}

/* Two questions of one id are never taken for one; one that stands there twice is an oversight, unless it is said to be
 * none. */
static int refuse_id(struct load *load, const struct sample *sample, const struct seen *seen, const char *path)
{
    bool is_here = strcmp(seen->path, path) == 0, is_double = strcmp(seen->hash, sample->hash) == 0;

    return err_set_code(load->err, EXIT_BAD_DATA, "the id \"%.80s\" stands on line %zu%s%s already, %s", sample->id,
                        seen->line, is_here ? "" : " of ", is_here ? "" : seen->path,
                        is_double ? "the same row: take one away, or say \"repeats\": true in the task's file, which "
                                    "takes it once"
                                  : "with another question, choices or answer");
}

/* Two samples of one id are refused; the same row a second time is passed over where the task says so. */
static int check_id(struct load *load, const struct sample *sample, const char *path, size_t line)
{
    struct seen *seen;

    if (load->reader.is_shot)
        return 0;
    HASH_FIND_STR(load->seen, sample->id, seen);
    if (seen != NULL && load->question->takes_repeats && strcmp(seen->hash, sample->hash) == 0) {
        load->filled->count--;
        load->doubles++;
        return 0;
    }
    if (seen != NULL)
        return refuse_id(load, sample, seen, path);
    seen = arena_alloc(load->reader.scratch, sizeof *seen);
    *seen = (struct seen){ .id = sample->id, .path = path, .line = line };
    memcpy(seen->hash, sample->hash, sizeof seen->hash);
    HASH_ADD_KEYPTR(hh, load->seen, seen->id, strlen(seen->id), seen);
    return 0;
}

static int read_row(struct load *load, const struct json *row, const char *path, size_t line)
{
    struct sample *sample = add_sample(load);

    *sample = (struct sample){ 0 };     /* it may hold a row passed over */
    if (row_read(&load->reader, row, sample, load->err) < 0 || check_id(load, sample, path, line) < 0)
        return err_prefix(load->err, "%s line %zu: ", path, line);
    return 0;
}

static void add_hash(struct load *load, const char *sha256)
{
    buf_add_string(&load->hashes, sha256);
}

static int load_jsonl(struct load *load, struct jsonl *jsonl, const char *path)
{
    struct json_doc *doc;
    char sha256[HASH_HEX_SIZE];
    int got;

    while ((got = jsonl_next(jsonl, &doc, load->err)) > 0) {
        int status = read_row(load, json_root(doc), path, jsonl_line(jsonl));
        json_free(doc);
        if (status < 0)
            return -1;
    }
    jsonl_sha256(jsonl, sha256);
    add_hash(load, sha256);
    return got;
}

static int load_jsonl_file(struct load *load, const char *path)
{
    struct jsonl *jsonl = jsonl_open(path, load->err);
    int status = jsonl == NULL ? -1 : load_jsonl(load, jsonl, path);

    jsonl_close(jsonl);
    return status;
}

static int load_builtin(struct load *load, const struct embedded *data)
{
    struct jsonl *jsonl = jsonl_open_memory(data->name, data->data, data->length, load->err);
    int status = jsonl == NULL ? -1 : load_jsonl(load, jsonl, data->name);

    jsonl_close(jsonl);
    return status;
}

static int load_csv_rows(struct load *load, struct csv *csv, const char *path)
{
    struct json_doc *doc;
    int got;

    while ((got = csv_next(csv, &doc, load->err)) > 0) {
        int status = read_row(load, json_root(doc), path, csv_line(csv));
        json_free(doc);
        if (status < 0)
            return -1;
    }
    return got;
}

static int load_csv_file(struct load *load, const char *path)
{
    struct csv *csv = NULL;
    struct buf text;
    char sha256[HASH_HEX_SIZE];
    int status = -1;

    buf_init(&text, 0);
    if (file_read(path, &text, load->err) == 0)
        csv = csv_open(path, text.data, text.length, load->err);
    if (csv != NULL)
        status = load_csv_rows(load, csv, path);
    hash_sha256_hex(text.data, text.length, sha256);
    add_hash(load, sha256);
    csv_close(csv);
    buf_fini(&text);
    return status;
}

static int load_file(struct load *load, const char *path, const struct task_part *part)
{
    size_t length = strlen(path);

    load->reader.part = part;
    load->reader.folder = file_folder(load->reader.arena, path);
    if (length > 4 && strcmp(path + length - 4, ".csv") == 0)
        return load_csv_file(load, path);
    return load_jsonl_file(load, path);
}

/* --- where files lie --- */

static bool is_folder(const char *path)
{
    struct stat status;

    return path != NULL && stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

static const char *name_of(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash != NULL ? slash + 1 : path;
}

/* The first of them that is in the folder, under its whole path or its name alone; NULL. */
static const char *find_in(struct load *load, const char *folder, column_names paths)
{
    for (size_t i = 0; folder != NULL && paths != NULL && paths[i] != NULL; i++) {
        const char *path = file_join(load->reader.scratch, folder, paths[i]);
        if (file_exists(path))
            return path;
        path = file_join(load->reader.scratch, folder, name_of(paths[i]));
        if (file_exists(path))
            return path;
    }
    return NULL;
}

static void add_names(struct buf *names, column_names paths)
{
    for (size_t i = 0; paths != NULL && paths[i] != NULL; i++)
        buf_addf(names, "%s%s", names->length > 0 ? ", " : "", paths[i]);
}

/* The names of what was looked for; of many parts the first stands for all. */
static int refuse_search(struct load *load, const char *folder)
{
    const struct question *question = load->question;
    const char *name = question->task.name;
    struct buf names;

    buf_init(&names, 0);
    add_names(&names, question->task.paths);
    if (question->part_count > 0 && question->parts[0].paths != NULL) {
        add_names(&names, question->parts[0].paths);
        buf_addf(&names, " (and so on, one of each of %zu parts)", question->part_count);
    }
    if (folder == NULL)
        err_set_code(load->err, EXIT_BAD_DATA, "no data: give --data DIR, a folder with one of %s, or --data %s=FILE",
                     names.data, name);
    else
        err_set_code(load->err, EXIT_BAD_DATA, "no data: %s holds none of %s; give another folder, or --data %s=FILE",
                     folder, names.data, name);
    buf_fini(&names);
    return -1;
}

/* All or none: a mean over some of the languages is not that over all. */
static int load_parts(struct load *load, const char *folder)
{
    const struct question *question = load->question;
    const char *first = NULL;

    for (size_t i = 0; i < question->part_count; i++) {
        const struct task_part *part = &question->parts[i];
        const char *path = find_in(load, folder, part->paths);
        if (path == NULL && first == NULL)
            return refuse_search(load, folder);
        if (path == NULL)
            return err_set_code(load->err, EXIT_BAD_DATA, "%s holds %s, but nothing of the part %s (%s); for a part alone "
                                "give --data %s=FILE", folder, first, part->name, part->paths[0], question->task.name);
        first = first != NULL ? first : name_of(path);
        if (load_file(load, path, part) < 0)
            return -1;
    }
    return 0;
}

static int load_folder(struct load *load, const char *folder)
{
    const struct question *question = load->question;
    const char *path = find_in(load, folder, question->task.paths);

    load->out->path = arena_strdup(load->reader.arena, path != NULL ? path : folder);
    if (path != NULL)
        return load_file(load, path, NULL);
    return question->part_count > 0 && question->parts[0].paths != NULL ? load_parts(load, folder)
                                                                        : refuse_search(load, folder);
}

/* Whose file it is, by its name; NULL: the rows tell, or there are no parts. */
static const struct task_part *part_of_file(const struct question *question, const char *path)
{
    for (size_t i = 0; i < question->part_count; i++)
        for (column_names name = question->parts[i].paths; name != NULL && *name != NULL; name++)
            if (strcmp(name_of(*name), name_of(path)) == 0)
                return &question->parts[i];
    return NULL;
}

/* Whether the folder has the task's file, or some of its parts: then it is the place meant. */
static bool holds(struct load *load, const char *folder)
{
    const struct question *question = load->question;
    bool found = find_in(load, folder, question->task.paths) != NULL;

    for (size_t i = 0; i < question->part_count && !found; i++)
        found = find_in(load, folder, question->parts[i].paths) != NULL;
    return found;
}

/* From the cache, fetched if need be. NULL with err set. */
static const char *find_supplied(struct load *load, const struct data_source *source, const struct provenance *from)
{
    return supply_find(source->supply, load->reader.arena, load->question->task.name, from, load->err);
}

static int load_supplied(struct load *load, const struct data_source *source)
{
    struct err why = ERR_INIT, *err = load->err;

    load->err = &why;
    load->out->path = find_supplied(load, source, &load->question->task.source);
    load->err = err;
    if (load->out->path != NULL)
        return load_file(load, load->out->path, NULL);
    refuse_search(load, source->folder);
    err_prefix(load->err, "%s; and ", why.text);
    load->err->code = why.code;
    return -1;
}

/* The user's own file or folder; else the folder of all data; a task file's data may lie beside it. */
static int load_from(struct load *load, const struct data_source *source)
{
    const struct question *question = load->question;
    const char *beside = question->task.file != NULL ? file_folder(load->reader.scratch, question->task.file) : NULL;

    if (question->builtin != NULL && source->path == NULL) {
        load->out->path = "built in";
        return load_builtin(load, question->builtin);
    }
    if (source->path != NULL && !is_folder(source->path)) {
        load->out->path = arena_strdup(load->reader.arena, source->path);
        return load_file(load, source->path, part_of_file(question, source->path));
    }
    if (source->path == NULL && beside != NULL && find_in(load, source->folder, question->task.paths) == NULL &&
        find_in(load, beside, question->task.paths) != NULL)
        return load_folder(load, beside);
    if (source->path == NULL && source->supply != NULL && fetch_can(&question->task.source) && !holds(load, source->folder))
        return load_supplied(load, source);
    return load_folder(load, source->path != NULL ? source->path : source->folder);
}

/* --- worked examples --- */

static bool same_category(const struct sample *a, const struct sample *b)
{
    return a->category == NULL || b->category == NULL ? a->category == b->category
                                                      : strcmp(a->category, b->category) == 0;
}

/* Those of its category that come first in their file. NULL with err set. */
static const char *write_shots(struct load *load, const struct sample *sample, const struct samples *shots)
{
    size_t wanted = load->form->shot_count, count = 0;
    const char *text = NULL;
    struct buf out;

    buf_init(&out, 0);
    for (size_t i = 0; i < shots->count && count < wanted; i++)
        if (same_category(&shots->items[i], sample)) {
            question_add_shot(load->question, load->form, &shots->items[i], &out);
            count++;
        }
    if (count == wanted)
        text = arena_strndup(load->reader.arena, out.data, out.length);
    else
        err_set_code(load->err, EXIT_BAD_DATA, "expected %zu worked examples of the category \"%s\", found %zu", wanted,
                     sample->category != NULL ? sample->category : "", count);
    buf_fini(&out);
    return text;
}

/* The first sample of each category. Those that follow it share what it shows: written once a sample, worked examples
 * take more time than all the rest of the prompts. */
struct leader { const struct sample *sample; struct leader *next; };

static const struct sample *find_leader(const struct leader *leaders, const struct sample *sample)
{
    while (leaders != NULL && !same_category(leaders->sample, sample))
        leaders = leaders->next;
    return leaders != NULL ? leaders->sample : NULL;
}

static int give_shots(struct load *load, struct samples *samples, const struct samples *shots)
{
    struct leader *leaders = NULL;

    for (size_t i = 0; i < samples->count; i++) {
        struct sample *sample = &samples->items[i];
        const struct sample *leader = find_leader(leaders, sample);

        sample->shots = leader != NULL ? leader->shots : write_shots(load, sample, shots);
        if (sample->shots == NULL)
            return -1;
        if (leader == NULL) {
            struct leader *one = arena_alloc(load->reader.scratch, sizeof *one);
            *one = (struct leader){ sample, leaders };
            leaders = one;
        }
    }
    return 0;
}

static int load_shots(struct load *load, const struct data_source *source)
{
    const struct question *question = load->question;
    const char *path = find_in(load, file_folder(load->reader.scratch, load->out->path), question->shot_paths);

    path = path != NULL ? path : find_in(load, source->folder, question->shot_paths);
    if (path == NULL && source->supply != NULL && fetch_can(&question->task.shots)) {
        path = find_supplied(load, source, &question->task.shots);
        if (path == NULL)
            return err_prefix(load->err, "worked examples: ");
    }
    if (path == NULL)
        return err_set_code(load->err, EXIT_BAD_DATA, "no worked examples: expected %s beside %s or under --data",
                            question->shot_paths[0], load->out->path);
    load->filled = &load->shots;
    load->reader.columns = &question->shot_columns;
    load->reader.is_shot = true;
    if (load_file(load, path, NULL) < 0)
        return -1;
    if (give_shots(load, &load->samples, &load->shots) < 0)
        return err_prefix(load->err, "%s: ", path);
    return 0;
}

/* Of one file its own hash, of several that of their hashes. */
static void set_hash(struct load *load)
{
    if (load->hashes.length == HASH_HEX_SIZE - 1)
        memcpy(load->out->sha256, load->hashes.data, HASH_HEX_SIZE);
    else
        hash_sha256_hex(load->hashes.data, load->hashes.length, load->out->sha256);
}

/* One year's file under another's name would be measured as that year. */
static int check_set(struct load *load)
{
    const char *name = load->question->task.name, *set = question_set_find(load->out->samples, load->out->count);

    if (set == NULL || !question_set_is(name) || strcmp(set, name) == 0)
        return 0;
    return err_set_code(load->err, EXIT_BAD_DATA, "%s: all its %zu answers are those of %s, not of %s: --task %s, or "
                        "another file", load->out->path, load->out->count, set, name, set);
}

static int load_all(struct load *load, const struct data_source *source)
{
    if (load_from(load, source) < 0)
        return -1;
    if (load->samples.count == 0)
        return err_set_code(load->err, EXIT_BAD_DATA, "%s: no rows", load->out->path);
    load->out->double_count = load->doubles;
    load->out->picture_missing_count = load->missed_images;
    if (load->form->shot_count > 0 && load_shots(load, source) < 0)
        return -1;
    load->out->count = load->samples.count;
    load->out->samples = arena_alloc(load->out->arena, load->out->count * sizeof load->out->samples[0]);
    memcpy(load->out->samples, load->samples.items, load->out->count * sizeof load->out->samples[0]);
    set_hash(load);
    return check_set(load);
}

int question_load(const struct task *task, const struct data_source *source, struct dataset *out, struct err *err)
{
    const struct question *question = (const struct question *)task;
    const struct profile *profile = source->profile != NULL ? source->profile : &task->profiles[0];
    struct load load = { .question = question, .form = question_form(question, profile), .out = out, .err = err };
    int status;

    *out = (struct dataset){ .arena = arena_new() };
    load.filled = &load.samples;
    load.reader = (struct row_reader){ .question = question, .columns = &question->columns, .arena = out->arena,
                                       .scratch = arena_new(), .images = images_new(out->arena),
                                       .missed_images = &load.missed_images };
    buf_init(&load.hashes, 0);
    status = load_all(&load, source);
    HASH_CLEAR(hh, load.seen);
    free(load.samples.items);
    free(load.shots.items);
    buf_fini(&load.hashes);
    images_free(load.reader.images);
    arena_free(load.reader.scratch);
    if (status < 0)
        dataset_free(out);
    return status;
}
