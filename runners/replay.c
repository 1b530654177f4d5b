/*
 * replay: replies from a replay file, as if its model answered again. The file's format stands in the user's manual:
 * an optional first line {"replay":1,"model":...}, then a line each {"sample","epoch","text",...}.
 */
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/arena.h"
#include "harness/base/file.h"
#include "harness/base/json.h"
#include "harness/base/json_write.h"
#include "harness/base/jsonl.h"
#include "harness/base/mem.h"
#include "harness/engine/episode.h"
#include "harness/engine/runner.h"
#include "runners/ready.h"
#include "runners/recorded.h"
#include "runners/runners.h"

struct runner {
    const struct runner_type *type;
    struct arena *arena;
    struct recorded *recorded;
    struct ready ready;
    const char *path, *shown;
    char sha256[65];
};

/* What a member is, for "expected ..., found ...". */
static const char *found(const struct json *row, const char *key)
{
    const struct json *value = json_get(row, key);

    return value != NULL ? json_kind_name(json_kind(value)) : "none";
}

static int read_text(const struct json *row, const char *key, struct arena *arena, const char **out, struct err *err)
{
    const char *text = json_string(row, key);

    if (text == NULL)
        return err_set(err, "\"%s\": expected a string, found %s", key, found(row, key));
    *out = arena_strdup(arena, text);
    return 0;
}

/* The same where it may be absent or null. */
static int read_text_if_any(const struct json *row, const char *key, struct arena *arena, const char **out,
                            struct err *err)
{
    const struct json *value = json_get(row, key);

    if (value == NULL || json_kind(value) == JSON_NULL)
        return 0;
    return read_text(row, key, arena, out, err);
}

static int read_tokens(const struct json *row, const char *key, int64_t *out, struct err *err)
{
    const struct json *value = json_get(row, key);

    if (value == NULL || json_kind(value) == JSON_NULL)
        return 0;
    if (!json_to_int64(value, out) || *out < 0)
        return err_set(err, "\"%s\": expected a whole number from 0, found %s", key, found(row, key));
    return 0;
}

static int read_reply(const struct json *row, struct arena *arena, struct reply *out, struct err *err)
{
    const char *stop = "end";

    *out = reply_empty();
    if (read_text(row, "text", arena, &out->text, err) < 0
        || read_text_if_any(row, "reasoning", arena, &out->reasoning, err) < 0
        || read_text_if_any(row, "stop", arena, &stop, err) < 0
        || read_tokens(row, "input_tokens", &out->tokens_in, err) < 0
        || read_tokens(row, "output_tokens", &out->tokens_out, err) < 0)
        return -1;
    out->stop = stop_from_name(stop);
    return 0;
}

static int read_row(struct runner *replay, const struct json *row, size_t line, struct err *err)
{
    struct reply *reply = arena_alloc(replay->arena, sizeof *reply);
    const char *task = NULL, *sample = NULL;
    int64_t epoch;
    size_t earlier;

    if (read_text(row, "sample", replay->arena, &sample, err) < 0
        || read_text_if_any(row, "task", replay->arena, &task, err) < 0)
        return -1;
    if (!json_get_int64(row, "epoch", &epoch) || epoch < 1 || epoch > INT_MAX)
        return err_set(err, "\"epoch\": expected a whole number from 1, found %s", found(row, "epoch"));
    if (read_reply(row, replay->arena, reply, err) < 0)
        return -1;
    reply->model = replay->shown;
    earlier = recorded_add(replay->recorded, task, sample, (int)epoch, line, reply);
    if (earlier != 0)
        return err_set(err, "sample \"%.200s\", epoch %" PRId64 " stands already on line %zu", sample, epoch, earlier);
    return 0;
}

static int read_header(struct runner *replay, const struct json *row, struct err *err)
{
    int64_t version;

    if (!json_get_int64(row, "replay", &version) || version != 1)
        return err_set(err, "\"replay\": expected version 1; a newer vernier may have written this file");
    return read_text_if_any(row, "model", replay->arena, &replay->shown, err);
}

static int read_line(struct runner *replay, const struct json *row, size_t line, bool is_first, struct err *err)
{
    if (json_kind(row) != JSON_OBJECT)
        return err_set(err, "expected an object, found %s", json_kind_name(json_kind(row)));
    if (is_first && json_get(row, "replay") != NULL)
        return read_header(replay, row, err);
    return read_row(replay, row, line, err);
}

static int read_lines(struct runner *replay, struct jsonl *lines, struct err *err)
{
    struct json_doc *doc;
    bool is_first = true;
    int more;

    while ((more = jsonl_next(lines, &doc, err)) > 0) {
        int result = read_line(replay, json_root(doc), jsonl_line(lines), is_first, err);

        json_free(doc);
        if (result < 0)
            return err_prefix(err, "%s line %zu: ", replay->path, jsonl_line(lines));
        is_first = false;
    }
    return more;
}

static int read_file(struct runner *replay, struct err *err)
{
    struct jsonl *lines = jsonl_open(replay->path, err);
    int result;

    if (lines == NULL)
        return -1;
    result = read_lines(replay, lines, err);
    jsonl_sha256(lines, replay->sha256);
    jsonl_close(lines);
    if (result < 0)
        err->code = EXIT_BAD_DATA;
    return result;
}

static void replay_drop(struct runner *replay)
{
    ready_drop(&replay->ready);
}

static void replay_close(struct runner *replay)
{
    ready_close(&replay->ready);
    recorded_free(replay->recorded);
    arena_free(replay->arena);
    free(replay);
}

static struct runner *replay_open(const struct model *model, const struct runner_means *means, struct err *err)
{
    struct runner *replay = xcalloc(1, sizeof *replay);

    (void)means;
    replay->type = &runner_replay;
    replay->ready.fd = -1;
    replay->arena = arena_new();
    replay->recorded = recorded_new(replay->arena);
    replay->path = arena_strdup(replay->arena, model->id);
    replay->shown = file_stem(replay->arena, replay->path);
    if (read_file(replay, err) < 0 || ready_open(&replay->ready, err) < 0) {
        replay_close(replay);
        return NULL;
    }
    return replay;
}

static int replay_covers(struct runner *replay, const char *task, const struct sample *sample, int epoch,
                         struct err *err)
{
    if (recorded_find(replay->recorded, task, sample->id, epoch) != NULL)
        return 0;
    return err_set_code(err, EXIT_BAD_DATA, "%s holds no reply to epoch %d of %s sample \"%.200s\"", replay->path,
                        epoch, task, sample->id);
}

static void replay_describe(const struct runner *replay, struct json_write *w)
{
    json_add_string(w, "sha256", replay->sha256);
}

static const char *replay_shown(const struct runner *replay)
{
    return replay->shown;
}

static void replay_submit(struct runner *replay, struct ask *ask)
{
    const struct episode *ep = ask->episode;
    const struct reply *reply = recorded_find(replay->recorded, ep->task->name, ep->sample->id, ep->epoch);

    if (reply != NULL)
        ask->reply = reply_copy(ep->arena, reply);
    else
        ask->reply = reply_failed(ORIGIN_HARNESS, arena_printf(ep->arena, "%s holds no reply to this epoch",
                                                               replay->path));
    ready_add(&replay->ready, ask);
}

static struct ask *replay_collect(struct runner *replay)
{
    return ready_take(&replay->ready);
}

static int replay_fd(const struct runner *replay)
{
    return replay->ready.fd;
}

static bool replay_is_file(const char *id)
{
    (void)id;
    return true;
}

const struct runner_type runner_replay = {
    .name = "replay", .summary = "recorded replies from a file: replay/FILE", .serves = ASK_MODEL, .is_free = true,
    .open = replay_open, .covers = replay_covers, .is_file = replay_is_file, .describe = replay_describe,
    .shown = replay_shown,
    .submit = replay_submit, .collect = replay_collect, .fd = replay_fd, .drop = replay_drop, .close = replay_close,
};
