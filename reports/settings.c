#include "reports/settings.h"

#include <stdbool.h>
#include <string.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "harness/base/json.h"

/* A file's hash is told by its beginning. */
#define VALUE_MAX 60
#define HASH_SHOWN 8

const char *settings_find(const struct run_settings *settings, const char *key)
{
    for (size_t i = 0; i < settings->count; i++)
        if (strcmp(settings->list[i].key, key) == 0)
            return settings->list[i].value;
    return NULL;
}

static bool is_name(const char *key)
{
    return strcmp(key, "provider") == 0 || strcmp(key, "id") == 0;
}

/* NULL where it is neither a text, a number nor a switch. */
static const char *value_of(struct arena *arena, const char *key, const struct json *value)
{
    const char *text = json_text(value);
    double number;
    bool is_on;

    if (text != NULL) {
        size_t shown = strcmp(key, "sha256") == 0 ? HASH_SHOWN : VALUE_MAX;
        return arena_strndup(arena, text, strlen(text) < shown ? strlen(text) : shown);
    }
    if (json_to_number(value, &number))
        return arena_printf(arena, "%.15g", number);
    return json_to_bool(value, &is_on) ? is_on ? "on" : "off" : NULL;
}

static void add(struct arena *arena, struct run_settings *settings, const char *key, const char *value)
{
    if (value != NULL && settings_find(settings, key) == NULL)
        settings->list[settings->count++] = (struct run_setting){ arena_strdup(arena, key), value };
}

/* Those of an object that are plain values. */
static void add_members(struct arena *arena, struct run_settings *settings, const struct json *object)
{
    if (json_kind(object) != JSON_OBJECT)
        return;
    for (const struct json *member = json_first(object); member != NULL; member = json_next(member))
        if (!is_name(json_key(member)))
            add(arena, settings, json_key(member), value_of(arena, json_key(member), member));
}

static size_t count_all(const struct json *model)
{
    size_t count = json_count(model);

    for (const struct json *member = json_first(model); member != NULL; member = json_next(member))
        count += json_kind(member) == JSON_OBJECT ? json_count(member) : 0;
    return count;
}

static void add_model(struct arena *arena, struct run_settings *settings, const struct json *model)
{
    if (json_kind(model) != JSON_OBJECT)
        return;
    settings->list = arena_calloc(arena, count_all(model) + 1, sizeof settings->list[0]);
    add_members(arena, settings, json_get(model, "settings"));
    add_members(arena, settings, model);
    for (const struct json *member = json_first(model); member != NULL; member = json_next(member))
        if (json_kind(member) == JSON_OBJECT)
            add_members(arena, settings, member);
}

struct run_settings settings_read(struct arena *arena, const struct json *plan, const struct json *places)
{
    const struct json *names = json_get(places, "names");
    struct run_settings settings = { .plan = arena_strdup(arena, json_string(names, "plan")),
                                 .called = arena_strdup(arena, json_string(names, "model")) };

    add_model(arena, &settings, json_get(plan, "model"));
    return settings;
}

const char *settings_text(struct arena *arena, const struct run_settings *settings)
{
    struct buf text;
    const char *result;

    buf_init(&text, 0);
    for (size_t i = 0; i < settings->count; i++)
        buf_addf(&text, "%s%s=%s", i > 0 ? ", " : "", settings->list[i].key, settings->list[i].value);
    result = arena_strdup(arena, text.data);
    buf_fini(&text);
    return result;
}
