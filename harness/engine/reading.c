#include "harness/engine/reading.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "harness/base/text.h"
#include "harness/engine/word.h"

#define FOUND_WIDTH_MAX 40

int reading_open(struct reading *r, struct arena *arena, const char *name, const char *text, size_t length,
                 struct err *err)
{
    *r = (struct reading){ .arena = arena, .name = name, .doc = json_parse_ours(text, length, err), .err = err };
    if (r->doc == NULL) {
        err_prefix(err, "%s ", name);
        err->code = EXIT_BAD_DATA;
        return -1;
    }
    return 0;
}

void reading_close(struct reading *r)
{
    json_free(r->doc);
    r->doc = NULL;
}

const char *reading_place(const struct reading *r, const struct json *at)
{
    return arena_printf(r->arena, "%s line %zu", r->name, json_line(r->doc, at));
}

int reading_fail(struct reading *r, const struct json *at, const char *fmt, ...)
{
    struct buf text;
    va_list args;

    buf_init(&text, 0);
    va_start(args, fmt);
    buf_addv(&text, fmt, args);
    va_end(args);
    err_set_code(r->err, EXIT_BAD_DATA, "%s: %s", reading_place(r, at), text.data);
    buf_fini(&text);
    return -1;
}

/* A scalar as it is written, cut; a container by its kind. */
static void add_found(const struct reading *r, const struct json *value, struct buf *out)
{
    size_t length;
    const char *raw = json_raw(r->doc, value, &length);

    if (json_kind(value) == JSON_OBJECT || json_kind(value) == JSON_ARRAY)
        buf_add_string(out, json_kind_name(json_kind(value)));
    else
        text_show_line(out, raw, length, FOUND_WIDTH_MAX);
}

int reading_refuse(struct reading *r, const struct json *value, const char *fmt, ...)
{
    struct buf text;
    va_list args;

    buf_init(&text, 0);
    if (json_key(value) != NULL)
        buf_addf(&text, "\"%.80s\": ", json_key(value));
    buf_add_string(&text, "expected ");
    va_start(args, fmt);
    buf_addv(&text, fmt, args);
    va_end(args);
    buf_add_string(&text, ", found ");
    add_found(r, value, &text);
    reading_fail(r, value, "%s", text.data);
    buf_fini(&text);
    return -1;
}

static int refuse_key(struct reading *r, const struct json *member, const struct reading_key *keys)
{
    struct buf text;
    const char **names;
    size_t count = 0;

    while (keys[count].name != NULL)
        count++;
    names = arena_calloc(r->arena, count + 1, sizeof *names);
    for (size_t i = 0; i < count; i++)
        names[i] = keys[i].name;
    buf_init(&text, 0);
    word_add_nearest(&text, json_key(member), names);
    reading_fail(r, member, "unknown key \"%.80s\"%s", json_key(member), text.data);
    buf_fini(&text);
    return -1;
}

static int check_keys(struct reading *r, const struct json *object, const struct reading_key *keys)
{
    for (const struct json *member = json_first(object); member != NULL; member = json_next(member)) {
        const struct reading_key *key = keys;

        while (key->name != NULL && strcmp(key->name, json_key(member)) != 0)
            key++;
        if (key->name == NULL)
            return refuse_key(r, member, keys);
    }
    return 0;
}

int reading_object(struct reading *r, const struct json *object, const struct reading_key *keys, void *into)
{
    if (check_keys(r, object, keys) < 0)
        return -1;
    for (; keys->name != NULL; keys++) {
        const struct json *value = json_get(object, keys->name);

        if (value == NULL && keys->required)
            return reading_fail(r, object, "expected a key \"%s\", found none", keys->name);
        if (value != NULL && keys->read(r, value, into) < 0)
            return -1;
    }
    return 0;
}

int reading_each(struct reading *r, const struct json *container, enum json_kind kind, const char *expected,
                 reading_fn *read, void *into)
{
    if (json_kind(container) != kind)
        return reading_refuse(r, container, "%s", expected);
    for (const struct json *value = json_first(container); value != NULL; value = json_next(value)) {
        if (json_key(value) != NULL && *json_key(value) == '\0')
            return reading_fail(r, value, "expected a name, found \"\"");
        if (read(r, value, into) < 0)
            return -1;
    }
    return 0;
}

int reading_some(struct reading *r, const struct json *container, enum json_kind kind, const char *expected,
                 reading_fn *read, void *into)
{
    if (json_kind(container) == kind && json_count(container) == 0)
        return reading_fail(r, container, "\"%.80s\": expected %s, found none", json_key(container), expected);
    return reading_each(r, container, kind, expected, read, into);
}

int reading_text(struct reading *r, const struct json *value, const char *expected, const char **out)
{
    const char *text = json_text(value);

    if (text == NULL || *text == '\0')
        return reading_refuse(r, value, "%s", expected);
    *out = arena_strdup(r->arena, text);
    return 0;
}

int reading_int(struct reading *r, const struct json *value, int64_t min, int64_t max, int64_t *out)
{
    if (!json_to_int64(value, out) || *out < min || *out > max)
        return reading_refuse(r, value, "a whole number from %" PRId64 " to %" PRId64, min, max);
    return 0;
}
