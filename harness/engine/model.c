#include "harness/engine/model.h"

#include <assert.h>
#include <string.h>
#include <utlist.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "harness/engine/word.h"

/* More than keys are made of: "Top-P=1" should be called unknown, not vanish into the model's id. */
#define KEY_LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-"

/* A place on the command line is named by its option. */
enum exit_code model_code(const char *where)
{
    return where[0] == '-' ? EXIT_USAGE : EXIT_BAD_DATA;
}

static const char *skip_blanks(const char *text)
{
    return text + strspn(text, " ");
}

static bool begins_setting(const char *piece)
{
    const char *key = skip_blanks(piece);
    size_t length = strspn(key, KEY_LETTERS);

    return length > 0 && key[length] == '=';
}

/* The comma before the next setting in text, or text's end: commas that begin no setting belong to what they are in. */
static const char *find_setting(const char *text)
{
    for (const char *comma = strchr(text, ','); comma != NULL; comma = strchr(comma + 1, ','))
        if (begins_setting(comma + 1))
            return comma;
    return text + strlen(text);
}

static void add_setting(struct arena *arena, struct model *model, const char *piece, const char *end, const char *where)
{
    const char *key = skip_blanks(piece), *value = strchr(key, '=') + 1;

    model_set(arena, model, arena_strndup(arena, key, (size_t)(value - 1 - key)),
              arena_strndup(arena, value, (size_t)(end - value)), where);
}

int model_parse(struct arena *arena, const char *spec, const char *where, struct model *out, struct err *err)
{
    const char *end = find_setting(spec);
    const char *slash = memchr(spec, '/', (size_t)(end - spec));

    if (slash == NULL || slash == spec || slash + 1 == end)
        return err_set_code(err, model_code(where), "%s: expected PROVIDER/ID, as in openai/ft7, found \"%.80s\"", where,
                            spec);
    *out = (struct model){
        .name = arena_strndup(arena, spec, (size_t)(end - spec)),
        .where = where,
        .provider = arena_strndup(arena, spec, (size_t)(slash - spec)),
        .id = arena_strndup(arena, slash + 1, (size_t)(end - slash - 1)),
    };
    while (*end != '\0') {
        const char *piece = end + 1;

        end = find_setting(piece);
        add_setting(arena, out, piece, end, where);
    }
    return 0;
}

void model_set(struct arena *arena, struct model *model, const char *key, const char *value, const char *where)
{
    struct setting *setting = arena_alloc(arena, sizeof *setting);

    setting->key = arena_strdup(arena, key);
    setting->value = arena_strdup(arena, value);
    setting->where = arena_strdup(arena, where);
    LL_APPEND(model->settings, setting);
}

struct model *model_copy(struct arena *arena, const struct model *model)
{
    struct model *copy = arena_alloc(arena, sizeof *copy);

    *copy = *model;
    copy->next = NULL;
    copy->settings = NULL;
    for (const struct setting *one = model->settings; one != NULL; one = one->next)
        model_set(arena, copy, one->key, one->value, one->where);
    return copy;
}

static const struct setting_spec *find_spec(const struct setting_spec *specs, const char *key)
{
    for (; specs != NULL && specs->key != NULL; specs++)
        if (strcmp(specs->key, key) == 0)
            return specs;
    return NULL;
}

static int refuse_unknown(const struct model *model, const struct setting *setting, const struct setting_spec *specs,
                          struct err *err)
{
    struct arena *scratch = arena_new();
    struct buf text;
    const char **names;
    size_t count = 0;

    while (specs != NULL && specs[count].key != NULL)
        count++;
    names = arena_calloc(scratch, count + 1, sizeof *names);
    for (size_t i = 0; i < count; i++)
        names[i] = specs[i].key;
    buf_init(&text, 0);
    buf_addf(&text, "%s: unknown setting \"%.80s\" of %s/%.80s", setting->where, setting->key, model->provider,
             model->id);
    if (count == 0)
        buf_add_string(&text, ", which takes none");
    word_add_nearest(&text, setting->key, names);
    err_set_code(err, model_code(setting->where), "%s", text.data);
    buf_fini(&text);
    arena_free(scratch);
    return -1;
}

static bool is_in_range(const struct setting_spec *spec, double value)
{
    return (spec->min == 0 && spec->max == 0) || (value >= spec->min && value <= spec->max);
}

static bool is_valid(const struct setting_spec *spec, const char *value)
{
    double number;
    int64_t whole;
    bool flag;

    switch (spec->kind) {
    case SETTING_TEXT: return true;
    case SETTING_NUMBER: return word_to_number(value, &number) && is_in_range(spec, number);
    case SETTING_INT: return word_to_int(value, &whole) && is_in_range(spec, (double)whole);
    case SETTING_BOOL: return word_to_bool(value, &flag);
    }
    return false;
}

static int refuse_value(const struct setting *setting, const struct setting_spec *spec, struct err *err)
{
    struct buf text;

    buf_init(&text, 0);
    buf_addf(&text, "%s: %s: expected ", setting->where, setting->key);
    if (spec->kind == SETTING_BOOL)
        buf_add_string(&text, "on or off (true, false, yes, no, 1, 0)");
    else
        buf_add_string(&text, spec->kind == SETTING_INT ? "a whole number" : "a number");
    if (spec->min != 0 || spec->max != 0)
        buf_addf(&text, " from %.15g to %.15g", spec->min, spec->max);
    buf_addf(&text, ", found \"%.80s\"", setting->value);
    err_set_code(err, model_code(setting->where), "%s", text.data);
    buf_fini(&text);
    return -1;
}

int model_check(const struct model *model, const struct setting_spec *specs, struct err *err)
{
    const struct setting *setting;

    LL_FOREACH(model->settings, setting) {
        const struct setting_spec *spec = find_spec(specs, setting->key);

        if (spec == NULL)
            return refuse_unknown(model, setting, specs, err);
        if (!is_valid(spec, setting->value))
            return refuse_value(setting, spec, err);
    }
    return 0;
}

const char *model_text(const struct model *model, const char *key, const char *fallback)
{
    const struct setting *setting;

    LL_FOREACH(model->settings, setting)
        if (strcmp(setting->key, key) == 0)
            fallback = setting->value;
    return fallback;
}

double model_number(const struct model *model, const char *key, double fallback)
{
    const char *word = model_text(model, key, NULL);

    if (word != NULL) {
        bool checked = word_to_number(word, &fallback);
        assert(checked);
    }
    return fallback;
}

int64_t model_int(const struct model *model, const char *key, int64_t fallback)
{
    const char *word = model_text(model, key, NULL);

    if (word != NULL) {
        bool checked = word_to_int(word, &fallback);
        assert(checked);
    }
    return fallback;
}

bool model_bool(const struct model *model, const char *key, bool fallback)
{
    const char *word = model_text(model, key, NULL);

    if (word != NULL) {
        bool checked = word_to_bool(word, &fallback);
        assert(checked);
    }
    return fallback;
}

bool model_has(const struct model *model, const char *key)
{
    return model_text(model, key, NULL) != NULL;
}
