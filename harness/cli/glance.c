#include "harness/cli/glance.h"

#include <math.h>
#include <stddef.h>

#include "harness/base/arena.h"
#include "harness/base/json.h"
#include "harness/base/json_write.h"

/* What stands under which name: counts, milliseconds and money alike are integers in JSON. */
enum type { COUNT, INT64, INT, NUMBER, BOOL, TEXT };

struct field { const char *key; enum type type; size_t at; };

#define FIELD(of, type, name) { #name, type, offsetof(struct of, name) }

static const struct field FIELDS[] = {
    FIELD(glance, INT64, pid), FIELD(glance, TEXT, run), FIELD(glance, TEXT, model),
    FIELD(glance, INT64, running_ms), FIELD(glance, INT64, still_ms),
    FIELD(glance, COUNT, expected), FIELD(glance, COUNT, scored), { "void", COUNT, offsetof(struct glance, voided) },
    FIELD(glance, COUNT, truncated),
    FIELD(glance, COUNT, out_model), FIELD(glance, COUNT, out_env), FIELD(glance, COUNT, out_grade),
    FIELD(glance, COUNT, calling), FIELD(glance, COUNT, retrying), FIELD(glance, COUNT, later),
    FIELD(glance, COUNT, held), FIELD(glance, COUNT, limit), FIELD(glance, COUNT, retries),
    FIELD(glance, COUNT, refused), FIELD(glance, INT64, next_ms),
    FIELD(glance, INT64, tokens_out), FIELD(glance, COUNT, untold), FIELD(glance, NUMBER, tokens_per_s),
    FIELD(glance, INT64, spent_nanousd), FIELD(glance, INT64, unsure_nanousd), FIELD(glance, INT64, cap_nanousd),
    FIELD(glance, INT64, left_ms), FIELD(glance, BOOL, is_beyond), FIELD(glance, TEXT, stopping),
    FIELD(glance, TEXT, probing),
    FIELD(glance, COUNT, wait_total),
    { .key = NULL },
};

static const struct field TASK_FIELDS[] = {
    FIELD(glance_task, TEXT, name), FIELD(glance_task, COUNT, questions), FIELD(glance_task, COUNT, heard),
    FIELD(glance_task, NUMBER, mean), FIELD(glance_task, NUMBER, lower), FIELD(glance_task, NUMBER, upper),
    { .key = NULL },
};

static const struct field WAIT_FIELDS[] = {
    FIELD(glance_wait, TEXT, task), FIELD(glance_wait, TEXT, sample), FIELD(glance_wait, INT, epoch),
    FIELD(glance_wait, TEXT, kind), FIELD(glance_wait, TEXT, host), FIELD(glance_wait, TEXT, state),
    FIELD(glance_wait, TEXT, then),
    FIELD(glance_wait, INT64, age_ms), FIELD(glance_wait, INT, tries), FIELD(glance_wait, INT64, until_ms),
    FIELD(glance_wait, BOOL, is_slow),
    { .key = NULL },
};

static void write_fields(struct json_write *w, const struct field *fields, const void *of)
{
    for (; fields->key != NULL; fields++) {
        const void *at = (const char *)of + fields->at;
        switch (fields->type) {
        case COUNT: json_add_int(w, fields->key, (int64_t)*(const size_t *)at); break;
        case INT64: json_add_int(w, fields->key, *(const int64_t *)at); break;
        case INT: json_add_int(w, fields->key, *(const int *)at); break;
        case NUMBER: json_add_number(w, fields->key, *(const double *)at); break;
        case BOOL: json_add_bool(w, fields->key, *(const bool *)at); break;
        case TEXT: json_add_string(w, fields->key, *(const char *const *)at); break;
        }
    }
}

static void write_list(struct json_write *w, const char *key, const struct field *fields, const void *items,
                       size_t size, size_t count)
{
    json_open(w, key, '[');
    for (size_t i = 0; i < count; i++) {
        json_open(w, NULL, '{');
        write_fields(w, fields, (const char *)items + i * size);
        json_close(w);
    }
    json_close(w);
}

void glance_write(const struct glance *glance, struct json_write *w)
{
    write_fields(w, FIELDS, glance);
    write_list(w, "tasks", TASK_FIELDS, glance->tasks, sizeof glance->tasks[0], glance->task_count);
    write_list(w, "waits", WAIT_FIELDS, glance->waits, sizeof glance->waits[0], glance->wait_count);
}

static bool read_int(const struct json *value, int64_t min, int64_t max, int64_t *out)
{
    return json_to_int64(value, out) && *out >= min && *out <= max;
}

/* Larger than any count, moment or sum of money of ours, and far from an overflow. */
#define INT64_BOUND ((int64_t)1 << 60)

/* What is missing, or null where it may be, stays as it is: 0, NULL or NAN. */
static bool read_field(const struct json *value, enum type type, struct arena *arena, void *at)
{
    int64_t number = 0;
    bool good = true;

    switch (type) {
    case COUNT:
        good = read_int(value, 0, INT64_BOUND, &number);
        *(size_t *)at = (size_t)number;
        return good;
    case INT64:
        good = read_int(value, -INT64_BOUND, INT64_BOUND, &number);
        *(int64_t *)at = number;
        return good;
    case INT:
        good = read_int(value, 0, 0x7fffffff, &number);
        *(int *)at = (int)number;
        return good;
    case NUMBER:
        if (json_kind(value) == JSON_NULL)
            *(double *)at = NAN;
        else
            good = json_to_number(value, at);
        return good;
    case BOOL:
        return json_to_bool(value, at);
    default:
        *(const char **)at = arena_strdup(arena, json_text(value));
        return json_kind(value) == JSON_NULL || json_kind(value) == JSON_STRING;
    }
}

static int read_fields(const struct json *object, const struct field *fields, struct arena *arena, void *of,
                       struct err *err)
{
    if (json_kind(object) != JSON_OBJECT)
        return err_set_code(err, EXIT_BAD_DATA, "expected an object, found %s", json_kind_name(json_kind(object)));
    for (; fields->key != NULL; fields++)
        if (!read_field(json_get(object, fields->key), fields->type, arena, (char *)of + fields->at))
            return err_set_code(err, EXIT_BAD_DATA, "no \"%s\" that fits", fields->key);
    return 0;
}

/* The items of an array, each read by its fields; NULL with err set. */
static void *read_list(const struct json *list, const struct field *fields, size_t size, struct arena *arena,
                       size_t *count, struct err *err)
{
    char *items = arena_calloc(arena, json_count(list) + 1, size);

    *count = 0;
    for (const struct json *item = json_first(list); item != NULL; item = json_next(item))
        if (read_fields(item, fields, arena, items + size * (*count)++, err) < 0)
            return NULL;
    return items;
}

/* Whoever draws it need not ask whether a text is there. */
static void mend(struct glance *glance)
{
    const char **texts[] = { &glance->run, &glance->model };

    if (glance->wait_total < glance->wait_count)
        glance->wait_total = glance->wait_count;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        *texts[i] = *texts[i] != NULL ? *texts[i] : "";
    for (size_t i = 0; i < glance->task_count; i++)
        glance->tasks[i].name = glance->tasks[i].name != NULL ? glance->tasks[i].name : "";
    for (size_t i = 0; i < glance->wait_count; i++) {
        struct glance_wait *wait = &glance->waits[i];
        const char **of_wait[] = { &wait->task, &wait->sample, &wait->kind, &wait->host, &wait->state, &wait->then };
        for (size_t k = 0; k < sizeof of_wait / sizeof of_wait[0]; k++)
            *of_wait[k] = *of_wait[k] != NULL ? *of_wait[k] : "";
    }
}

int glance_read(const struct json *object, struct arena *arena, struct glance *out, struct err *err)
{
    *out = (struct glance){ .pid = 0 };
    if (read_fields(object, FIELDS, arena, out, err) < 0)
        return -1;
    out->tasks = read_list(json_get(object, "tasks"), TASK_FIELDS, sizeof out->tasks[0], arena, &out->task_count, err);
    if (out->tasks == NULL)
        return err_prefix(err, "tasks: ");
    out->waits = read_list(json_get(object, "waits"), WAIT_FIELDS, sizeof out->waits[0], arena, &out->wait_count, err);
    if (out->waits == NULL)
        return err_prefix(err, "waits: ");
    mend(out);
    return 0;
}
