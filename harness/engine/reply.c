#include "harness/engine/reply.h"

#include <string.h>

#include "harness/base/arena.h"
#include "harness/base/json.h"
#include "harness/base/json_write.h"
#include "harness/base/price.h"
#include "harness/base/redact.h"
#include "harness/base/text.h"
#include "harness/engine/repetition.h"

static const char *const STATUS_NAMES[] = { "ok", "failed", "timeout", "none" };
static const char *const ORIGIN_NAMES[] = { "harness", "provider", "environment" };
static const char *const CAUSE_NAMES[] = {
    [CAUSE_UNTOLD] = "untold", [CAUSE_FILTERED] = "filtered", [CAUSE_OVERFLOW] = "overflow", [CAUSE_REFUSED] = "refused",
    [CAUSE_USELESS] = "useless", [CAUSE_UNPARSABLE] = "unparsable", [CAUSE_GARBLED] = "garbled", [CAUSE_SERVER] = "server",
    [CAUSE_LATER] = "later", [CAUSE_QUOTA] = "quota", [CAUSE_KEY] = "key", [CAUSE_PLACE] = "place",
    [CAUSE_NOBODY] = "nobody",
};
static const char *const STOP_NAMES[] = { "end", "length", "tool", "refusal", "other", "unparsable" };
static const char *const PART_NAMES[] = { "text", "reasoning", "image", "tool_call", "tool_result", "opaque" };

#define COUNT(names) (sizeof(names) / sizeof(names)[0])

/* The index of name in names, or fallback. */
static int name_index(const char *const *names, size_t count, const char *name, int fallback)
{
    for (size_t i = 0; name != NULL && i < count; i++)
        if (strcmp(names[i], name) == 0)
            return (int)i;
    return fallback;
}

const char *origin_name(enum origin origin)
{
    return ORIGIN_NAMES[origin];
}

const char *stop_name(enum stop stop)
{
    return STOP_NAMES[stop];
}

enum stop stop_from_name(const char *name)
{
    return (enum stop)name_index(STOP_NAMES, COUNT(STOP_NAMES), name, STOP_OTHER);
}

struct reply reply_empty(void)
{
    return (struct reply){
        .text = "",
        .tokens_in = TOKENS_UNKNOWN,
        .tokens_out = TOKENS_UNKNOWN,
        .tokens_reasoning = TOKENS_UNKNOWN,
        .tokens_cache = TOKENS_UNKNOWN,
        .cost_nanousd = COST_UNKNOWN,
        .first_cost_nanousd = COST_UNKNOWN,
    };
}

struct reply reply_failed(enum origin origin, const char *reason)
{
    struct reply reply = reply_empty();

    reply.status = REPLY_FAILED;
    reply.origin = origin;
    reply.reason = reason;
    return reply;
}

bool reply_shuts_out_all(const struct reply *reply)
{
    return reply->cause >= CAUSE_LATER;
}

bool reply_is_loop(const struct reply *reply)
{
    return reply->stop == STOP_LENGTH && (repetition_ends(reply->text) ||
                                          (reply->reasoning != NULL && repetition_ends(reply->reasoning)));
}

struct reply reply_copy(struct arena *arena, const struct reply *reply)
{
    struct reply copy = *reply;
    struct part *last = NULL;

    copy.reason = arena_strdup(arena, reply->reason);
    copy.text = arena_strdup(arena, reply->text);
    copy.reasoning = arena_strdup(arena, reply->reasoning);
    copy.model = arena_strdup(arena, reply->model);
    copy.grade.answer = arena_strdup(arena, reply->grade.answer);
    copy.grade.answer_class = arena_strdup(arena, reply->grade.answer_class);
    copy.grade.reason = arena_strdup(arena, reply->grade.reason);
    copy.grade.verdict = arena_strdup(arena, reply->grade.verdict);
    copy.grade.asked_language = arena_strdup(arena, reply->grade.asked_language);
    copy.grade.language = arena_strdup(arena, reply->grade.language);
    copy.precedent = arena_strdup(arena, reply->precedent);
    copy.parts = NULL;
    for (const struct part *part = reply->parts; part != NULL; part = part->next) {
        struct part *next = part_copy(arena, part);
        if (last == NULL)
            copy.parts = next;
        else
            last->next = next;
        last = next;
    }
    return copy;
}

static const char *clean(const char *text, struct arena *arena)
{
    struct buf repaired, redacted;
    size_t length = text != NULL ? strlen(text) : 0;
    const char *result;

    if (text == NULL || (text_is_utf8(text, length) && !redact_finds(text, length)))
        return text;
    buf_init(&repaired, 4 * length + 1);      /* U+FFFD takes three bytes */
    buf_init(&redacted, 0);
    text_repair(&repaired, text, length);
    redact_add(&redacted, repaired.data, repaired.length);
    result = arena_strndup(arena, redacted.data, redacted.length);
    buf_fini(&redacted);
    buf_fini(&repaired);
    return result;
}

/* Most lists are clean: they are copied only from the first part on that is not. */
static const struct part *clean_parts(const struct part *part, struct arena *arena)
{
    struct part cleaned;

    if (part == NULL)
        return NULL;
    cleaned = (struct part){ .next = (struct part *)clean_parts(part->next, arena), .kind = part->kind,
                             .text = clean(part->text, arena), .id = clean(part->id, arena),
                             .name = clean(part->name, arena), .media_type = clean(part->media_type, arena) };
    if (cleaned.next == part->next && cleaned.text == part->text && cleaned.id == part->id &&
        cleaned.name == part->name && cleaned.media_type == part->media_type)
        return part;
    return memcpy(arena_alloc(arena, sizeof cleaned), &cleaned, sizeof cleaned);
}

void reply_clean(struct reply *reply, struct arena *arena)
{
    reply->reason = clean(reply->reason, arena);
    reply->text = clean(reply->text, arena);
    reply->reasoning = clean(reply->reasoning, arena);
    reply->parts = clean_parts(reply->parts, arena);
    reply->model = clean(reply->model, arena);
    reply->grade.answer = clean(reply->grade.answer, arena);
    reply->grade.answer_class = clean(reply->grade.answer_class, arena);
    reply->grade.reason = clean(reply->grade.reason, arena);
    reply->grade.verdict = clean(reply->grade.verdict, arena);
    reply->grade.asked_language = clean(reply->grade.asked_language, arena);
    reply->grade.language = clean(reply->grade.language, arena);
    reply->precedent = clean(reply->precedent, arena);
}

/* Only what differs from an empty reply is written: a journal of a million replies should not be mostly keys. */
static void add_text(struct json_write *w, const char *key, const char *text)
{
    if (text != NULL)
        json_add_string(w, key, text);
}

static void add_count(struct json_write *w, const char *key, int64_t count)
{
    if (count >= 0)
        json_add_int(w, key, count);
}

static void write_parts(struct json_write *w, const struct part *first)
{
    if (first == NULL)
        return;
    json_open(w, "parts", '[');
    for (const struct part *part = first; part != NULL; part = part->next) {
        json_open(w, NULL, '{');
        json_add_string(w, "kind", PART_NAMES[part->kind]);
        add_text(w, "text", part->text);
        add_text(w, "id", part->id);
        add_text(w, "name", part->name);
        add_text(w, "media_type", part->media_type);
        json_close(w);
    }
    json_close(w);
}

void reply_write(const struct reply *reply, struct buf *out)
{
    struct json_write w = json_write_to(out);

    json_open(&w, NULL, '{');
    if (reply->status != REPLY_OK) {
        json_add_string(&w, "status", STATUS_NAMES[reply->status]);
        json_add_string(&w, "origin", ORIGIN_NAMES[reply->origin]);
    }
    if (reply->cause != CAUSE_UNTOLD)
        json_add_string(&w, "cause", CAUSE_NAMES[reply->cause]);
    add_text(&w, "reason", reply->reason);
    json_add_string(&w, "text", reply->text);
    add_text(&w, "reasoning", reply->reasoning);
    write_parts(&w, reply->parts);
    if (reply->stop != STOP_END)
        json_add_string(&w, "stop", STOP_NAMES[reply->stop]);
    if (reply->exit_code != 0)
        json_add_int(&w, "exit_code", reply->exit_code);
    add_text(&w, "model", reply->model);
    add_count(&w, "tokens_in", reply->tokens_in);
    add_count(&w, "tokens_out", reply->tokens_out);
    add_count(&w, "tokens_reasoning", reply->tokens_reasoning);
    add_count(&w, "tokens_cache", reply->tokens_cache);
    add_count(&w, "cost_nanousd", reply->cost_nanousd);
    add_count(&w, "elapsed_ms", reply->elapsed_ms);
    add_text(&w, "precedent", reply->precedent);
    add_count(&w, "first_cost_nanousd", reply->first_cost_nanousd);
    json_close(&w);
}

static const char *read_text(const struct json *object, const char *key, struct arena *arena)
{
    return arena_strdup(arena, json_string(object, key));
}

static int64_t read_count(const struct json *object, const char *key, int64_t fallback)
{
    int64_t count = fallback;

    json_get_int64(object, key, &count);
    return count;
}

static const struct part *read_parts(const struct json *list, struct arena *arena)
{
    struct part *first = NULL, *last = NULL;

    for (const struct json *item = json_first(list); item != NULL; item = json_next(item)) {
        struct part *part = arena_alloc(arena, sizeof *part);
        part->kind = (enum part_kind)name_index(PART_NAMES, COUNT(PART_NAMES), json_string(item, "kind"), PART_TEXT);
        part->text = read_text(item, "text", arena);
        part->id = read_text(item, "id", arena);
        part->name = read_text(item, "name", arena);
        part->media_type = read_text(item, "media_type", arena);
        if (last == NULL)
            first = part;
        else
            last->next = part;
        last = part;
    }
    return first;
}

static struct reply read_object(const struct json *object, struct arena *arena)
{
    struct reply reply = reply_empty();

    reply.reason = read_text(object, "reason", arena);
    reply.text = read_text(object, "text", arena);
    reply.reasoning = read_text(object, "reasoning", arena);
    reply.parts = read_parts(json_get(object, "parts"), arena);
    if (json_get(object, "stop") != NULL)
        reply.stop = stop_from_name(json_string(object, "stop"));
    reply.exit_code = (int)read_count(object, "exit_code", 0);
    reply.model = read_text(object, "model", arena);
    reply.tokens_in = read_count(object, "tokens_in", TOKENS_UNKNOWN);
    reply.tokens_out = read_count(object, "tokens_out", TOKENS_UNKNOWN);
    reply.tokens_reasoning = read_count(object, "tokens_reasoning", TOKENS_UNKNOWN);
    reply.tokens_cache = read_count(object, "tokens_cache", TOKENS_UNKNOWN);
    reply.cost_nanousd = read_count(object, "cost_nanousd", COST_UNKNOWN);
    reply.elapsed_ms = read_count(object, "elapsed_ms", 0);
    reply.precedent = read_text(object, "precedent", arena);
    reply.first_cost_nanousd = read_count(object, "first_cost_nanousd", COST_UNKNOWN);
    return reply;
}

static bool read_name(const struct json *value, const char *const *names, size_t count, int *out)
{
    if (value != NULL)
        *out = name_index(names, count, json_text(value), -1);
    return *out >= 0;
}

/* A word it does not know is no "ok": the ask is better made again than a failure taken for an answer. */
static int read_fate(const struct json *object, struct reply *reply, struct err *err)
{
    int status = REPLY_OK, origin = ORIGIN_HARNESS, cause = CAUSE_UNTOLD;

    if (reply->text == NULL)
        return err_set_code(err, EXIT_STORE, "journaled reply: expected an object with \"text\"");
    if (!read_name(json_get(object, "status"), STATUS_NAMES, COUNT(STATUS_NAMES), &status) ||
        !read_name(json_get(object, "origin"), ORIGIN_NAMES, COUNT(ORIGIN_NAMES), &origin) ||
        !read_name(json_get(object, "cause"), CAUSE_NAMES, COUNT(CAUSE_NAMES), &cause))
        return err_set_code(err, EXIT_STORE, "journaled reply: unknown \"status\", \"origin\" or \"cause\"");
    reply->status = (enum reply_status)status;
    reply->origin = (enum origin)origin;
    reply->cause = (enum cause)cause;
    return 0;
}

int reply_read(const char *json, size_t length, struct arena *arena, struct reply *out, struct err *err)
{
    struct json_doc *doc = json_parse(json, length, err);
    int result;

    if (doc == NULL) {
        err->code = EXIT_STORE;
        return err_prefix(err, "journaled reply: ");
    }
    *out = read_object(json_root(doc), arena);
    result = read_fate(json_root(doc), out, err);
    json_free(doc);
    return result;
}
