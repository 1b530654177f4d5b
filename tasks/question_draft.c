#include "tasks/question_draft.h"

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "harness/engine/word.h"

int question_refuse_name(struct reading *r, const struct json *value, const char *what, const char *const *names)
{
    struct buf text;

    buf_init(&text, 0);
    word_add_nearest(&text, json_text(value), names);
    reading_fail(r, value, "there is no %s \"%.80s\"%s", what, json_text(value), text.data);
    buf_fini(&text);
    return -1;
}

/* "" is a name too: the CSV files of some sets leave the column of their index without one. */
static int read_name_of(struct reading *r, const struct json *value, const char **out)
{
    if (json_kind(value) != JSON_STRING)
        return reading_refuse(r, value, "a name or a list of names");
    *out = arena_strdup(r->arena, json_text(value));
    return 0;
}

int question_read_names(struct reading *r, const struct json *value, column_names *out)
{
    size_t n = 0;
    const char **names = arena_calloc(r->arena, json_count(value) + 2, sizeof names[0]);

    *out = names;
    if (json_kind(value) != JSON_ARRAY || json_count(value) == 0)
        return read_name_of(r, value, &names[0]);
    for (const struct json *item = json_first(value); item != NULL; item = json_next(item))
        if (read_name_of(r, item, &names[n++]) < 0)
            return -1;
    return 0;
}

int question_read_flag(struct reading *r, const struct json *value, bool *out)
{
    return json_to_bool(value, out) ? 0 : reading_refuse(r, value, "true or false");
}
