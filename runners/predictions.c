/*
 * predictions: answers made elsewhere, one a sample, given back whatever is asked and in every epoch. The field names
 * are those that benchmarks' own tools write: SWE-bench's {"instance_id","model_patch","model_name_or_path"}, as lines,
 * as an array, or as an object by id.
 *
 * predictions/gold is the task's own answer (the same as oracle/gold), predictions/empty says nothing.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "harness/base/encoding.h"
#include "harness/base/file.h"
#include "harness/base/hash.h"
#include "harness/base/json.h"
#include "harness/base/json_write.h"
#include "harness/base/jsonl.h"
#include "harness/base/mem.h"
#include "harness/engine/episode.h"
#include "harness/engine/ledger.h"
#include "harness/engine/runner.h"
#include "harness/engine/sample.h"
#include "runners/oracle.h"
#include "runners/ready.h"
#include "runners/recorded.h"
#include "runners/runners.h"

enum source { SOURCE_FILE, SOURCE_GOLD, SOURCE_EMPTY };

struct predicted { const char *id; struct predicted *next; };

/* The id of a sample that there is. */
struct known { const char *id; UT_hash_handle hh; };

struct runner {
    const struct runner_type *type;
    enum source source;
    struct arena *arena;
    struct recorded *recorded;
    struct predicted *ids, **ids_end;       /* in the order of the file */
    struct ready ready;
    const char *path, *shown;
    char sha256[65];
};

static const char *const ID_FIELDS[] = { "instance_id", "sample", "id", NULL };
static const char *const TEXT_FIELDS[] = { "model_patch", "prediction", "text", "output", NULL };

static const struct json *get_first(const struct json *row, const char *const *keys)
{
    const struct json *value = NULL;

    for (; value == NULL && *keys != NULL; keys++)
        value = json_get(row, *keys);
    return value;
}

/* Data sets number their samples, and some tools write the number bare. */
static const char *read_id(const struct json *row, struct arena *arena)
{
    const struct json *value = get_first(row, ID_FIELDS);
    int64_t number;

    if (value == NULL)
        return arena_strdup(arena, json_key(row));
    if (json_to_int64(value, &number))
        return arena_printf(arena, "%" PRId64, number);
    return arena_strdup(arena, json_text(value));
}

/* A patch that is null says that none was made: SWE-bench's tools write it so. Any other answer is words. NULL with err
 * set. */
static const char *read_answer(const struct json *row, struct arena *arena, struct err *err)
{
    const struct json *value = json_kind(row) == JSON_STRING ? row : get_first(row, TEXT_FIELDS);

    if (json_text(value) != NULL)
        return arena_strdup(arena, json_text(value));
    if (value == NULL)
        err_set(err, "no \"model_patch\", \"prediction\", \"text\" or \"output\" that is a string");
    else if (json_kind(value) == JSON_NULL && strcmp(json_key(value), "model_patch") == 0)
        return "";
    else
        err_set(err, "\"%s\": expected a string, found %s", json_key(value), json_kind_name(json_kind(value)));
    return NULL;
}

/* row is an object with id and answer; or a member named by the id: such an object, or the answer itself. */
static int read_row(struct runner *predictions, const struct json *row, const char *noun, size_t place,
                    struct err *err)
{
    struct arena *arena = predictions->arena;
    struct reply *reply = arena_alloc(arena, sizeof *reply);
    const char *id = read_id(row, arena), *model = json_string(row, "model_name_or_path");
    size_t earlier;

    *reply = reply_empty();
    if (id == NULL)
        return err_set(err, "no \"instance_id\", \"sample\" or \"id\" that is a string");
    reply->text = read_answer(row, arena, err);
    if (reply->text == NULL)
        return -1;
    earlier = recorded_add(predictions->recorded, NULL, id, 0, place, reply);
    if (earlier != 0)
        return err_set(err, "sample \"%.200s\" stands already at %s %zu", id, noun, earlier);
    *predictions->ids_end = arena_calloc(arena, 1, sizeof **predictions->ids_end);
    (*predictions->ids_end)->id = id;
    predictions->ids_end = &(*predictions->ids_end)->next;
    if (predictions->shown == NULL)
        predictions->shown = arena_strdup(arena, model);
    return 0;
}

static int read_lines(struct runner *predictions, struct jsonl *lines, struct err *err)
{
    struct json_doc *doc;
    int more;

    while ((more = jsonl_next(lines, &doc, err)) > 0) {
        int result = read_row(predictions, json_root(doc), "line", jsonl_line(lines), err);

        json_free(doc);
        if (result < 0)
            return err_prefix(err, "%s line %zu: ", predictions->path, jsonl_line(lines));
    }
    return more;
}

static int read_lines_file(struct runner *predictions, struct err *err)
{
    struct jsonl *lines = jsonl_open(predictions->path, err);
    int result;

    if (lines == NULL)
        return -1;
    result = read_lines(predictions, lines, err);
    jsonl_sha256(lines, predictions->sha256);
    jsonl_close(lines);
    return result;
}

/* An array, an object by id, or one prediction alone. */
static int read_document(struct runner *predictions, const struct json *root, struct err *err)
{
    size_t place = 0;

    if (json_kind(root) == JSON_OBJECT && get_first(root, ID_FIELDS) != NULL && get_first(root, TEXT_FIELDS) != NULL)
        return read_row(predictions, root, "entry", 1, err);
    if (json_kind(root) != JSON_OBJECT && json_kind(root) != JSON_ARRAY)
        return err_set(err, "expected an array or an object, found %s", json_kind_name(json_kind(root)));
    for (const struct json *row = json_first(root); row != NULL; row = json_next(row))
        if (read_row(predictions, row, "entry", ++place, err) < 0)
            return err_prefix(err, "entry %zu: ", place);
    return 0;
}

static int read_document_file(struct runner *predictions, struct err *err)
{
    struct json_doc *doc = NULL;
    struct buf text;
    int result = -1;

    buf_init(&text, JSON_SIZE_MAX);
    if (file_read(predictions->path, &text, err) < 0)
        goto out;
    hash_sha256_hex(text.data, text.length, predictions->sha256);
    doc = encoding_check(text.data, text.length, err) == 0 ? json_parse_row(text.data, text.length, err) : NULL;
    if (doc != NULL)
        result = read_document(predictions, json_root(doc), err);
    if (result < 0)
        err_prefix(err, "%s: ", predictions->path);
out:
    json_free(doc);
    buf_fini(&text);
    return result;
}

static bool is_lines(const char *path)
{
    size_t length = strlen(path);

    return length > 6 && strcmp(path + length - 6, ".jsonl") == 0;
}

static int read_file(struct runner *predictions, struct err *err)
{
    int result = is_lines(predictions->path) ? read_lines_file(predictions, err)
                                             : read_document_file(predictions, err);

    if (result < 0) {
        err->code = EXIT_BAD_DATA;
        return -1;
    }
    if (predictions->shown == NULL)
        predictions->shown = file_stem(predictions->arena, predictions->path);
    return 0;
}

static void predictions_drop(struct runner *predictions)
{
    ready_drop(&predictions->ready);
}

static void predictions_close(struct runner *predictions)
{
    ready_close(&predictions->ready);
    recorded_free(predictions->recorded);
    arena_free(predictions->arena);
    free(predictions);
}

static enum source source_of(const char *id)
{
    return strcmp(id, "gold") == 0 ? SOURCE_GOLD : strcmp(id, "empty") == 0 ? SOURCE_EMPTY : SOURCE_FILE;
}

static struct runner *predictions_open(const struct model *model, const struct runner_means *means, struct err *err)
{
    struct runner *predictions = xcalloc(1, sizeof *predictions);

    (void)means;
    predictions->type = &runner_predictions;
    predictions->source = source_of(model->id);
    predictions->ready.fd = -1;
    predictions->arena = arena_new();
    predictions->recorded = recorded_new(predictions->arena);
    predictions->ids_end = &predictions->ids;
    predictions->path = arena_strdup(predictions->arena, model->id);
    if ((predictions->source == SOURCE_FILE && read_file(predictions, err) < 0)
        || ready_open(&predictions->ready, err) < 0) {
        predictions_close(predictions);
        return NULL;
    }
    return predictions;
}

static int predictions_covers(struct runner *predictions, const char *task, const struct sample *sample, int epoch,
                              struct err *err)
{
    if (predictions->source != SOURCE_FILE
        || recorded_find(predictions->recorded, task, sample->id, epoch) != NULL)
        return 0;
    return err_set_code(err, EXIT_BAD_DATA, "%s holds no prediction for %s sample \"%.200s\"", predictions->path,
                        task, sample->id);
}

static struct known *know(struct arena *arena, const struct work *works, size_t work_count)
{
    struct known *all = NULL, *one;

    for (size_t w = 0; w < work_count; w++)
        for (size_t s = 0; s < works[w].dataset->count; s++) {
            const char *id = works[w].dataset->samples[s].id;
            HASH_FIND_STR(all, id, one);
            if (one != NULL)
                continue;
            one = arena_calloc(arena, 1, sizeof *one);
            one->id = id;
            HASH_ADD_KEYPTR(hh, all, id, strlen(id), one);
        }
    return all;
}

static size_t predictions_strays(const struct runner *predictions, const struct work *works, size_t work_count,
                                 const char **first)
{
    struct arena *arena = arena_new();
    struct known *all = know(arena, works, work_count), *one;
    size_t count = 0;

    for (const struct predicted *at = predictions->ids; at != NULL; at = at->next) {
        HASH_FIND_STR(all, at->id, one);
        if (one == NULL && count++ == 0)
            *first = at->id;
    }
    HASH_CLEAR(hh, all);
    arena_free(arena);
    return count;
}

static void predictions_describe(const struct runner *predictions, struct json_write *w)
{
    if (predictions->source == SOURCE_FILE)
        json_add_string(w, "sha256", predictions->sha256);
}

static const char *predictions_shown(const struct runner *predictions)
{
    return predictions->shown != NULL ? predictions->shown
         : predictions->source == SOURCE_GOLD ? "predictions/gold" : "predictions/empty";
}

static struct reply answer_from_file(const struct runner *predictions, const struct episode *ep)
{
    const struct reply *reply = recorded_find(predictions->recorded, ep->task->name, ep->sample->id, ep->epoch);

    if (reply != NULL)
        return reply_copy(ep->arena, reply);
    return reply_failed(ORIGIN_HARNESS, arena_printf(ep->arena, "%s holds no prediction for this sample",
                                                     predictions->path));
}

static void predictions_submit(struct runner *predictions, struct ask *ask)
{
    switch (predictions->source) {
    case SOURCE_FILE: ask->reply = answer_from_file(predictions, ask->episode); break;
    case SOURCE_GOLD: ask->reply = oracle_answer(ask->episode, ORACLE_GOLD); break;
    case SOURCE_EMPTY: ask->reply = reply_empty(); break;
    }
    ready_add(&predictions->ready, ask);
}

static struct ask *predictions_collect(struct runner *predictions)
{
    return ready_take(&predictions->ready);
}

static int predictions_fd(const struct runner *predictions)
{
    return predictions->ready.fd;
}

static bool predictions_is_file(const char *id)
{
    return source_of(id) == SOURCE_FILE;
}

const struct runner_type runner_predictions = {
    .name = "predictions", .summary = "answers made elsewhere: predictions/FILE, predictions/gold, predictions/empty",
    .serves = ASK_MODEL, .is_free = true, .open = predictions_open, .covers = predictions_covers,
    .strays = predictions_strays, .is_file = predictions_is_file, .describe = predictions_describe,
    .shown = predictions_shown, .submit = predictions_submit, .collect = predictions_collect, .fd = predictions_fd,
    .drop = predictions_drop, .close = predictions_close,
};
