/*
 * How a document is read. The bytes are copied and made UTF-8 without NUL (text_repair); the scanner (json_scan) goes
 * over the copy once, mends it where it stands and builds the tree. So json_raw may hand out pieces of the copy, and
 * to find the piece of a value it is enough to count: the nth item of the tree, parents first, is the nth value of the
 * text.
 */
#include "harness/base/json.h"

#include <assert.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <cjson/cJSON.h>

#include "harness/base/buf.h"
#include "harness/base/json_scan.h"
#include "harness/base/mem.h"
#include "harness/base/text.h"

struct json_doc {
    char *text;
    cJSON *root;
};

static struct json_doc *parse(const char *text, size_t length, bool ours, struct err *err)
{
    struct json_doc *doc;
    struct buf copy;

    if (length > JSON_SIZE_MAX) {
        err_set_code(err, EXIT_BAD_DATA, "line 1: expected at most %zu bytes, found %zu", JSON_SIZE_MAX, length);
        return NULL;
    }
    if (length >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
        text += 3;
        length -= 3;
    }
    buf_init(&copy, 3 * length + 1);        /* each byte may become U+FFFD */
    text_repair(&copy, text, length);
    doc = xmalloc(sizeof *doc);
    doc->root = json_scan(copy.data, copy.length, ours, err);
    doc->text = buf_take(&copy);
    buf_fini(&copy);
    if (doc->root != NULL)
        return doc;
    json_free(doc);
    return NULL;
}

struct json_doc *json_parse(const char *text, size_t length, struct err *err)
{
    return parse(text, length, false, err);
}

struct json_doc *json_parse_ours(const char *text, size_t length, struct err *err)
{
    return parse(text, length, true, err);
}

void json_free(struct json_doc *doc)
{
    if (doc == NULL)
        return;
    cJSON_Delete(doc->root);
    free(doc->text);
    free(doc);
}

static const cJSON *item_of(const struct json *value)
{
    return (const cJSON *)value;
}

static const struct json *value_of(const cJSON *item)
{
    return (const struct json *)item;
}

const struct json *json_root(const struct json_doc *doc)
{
    return doc == NULL ? NULL : value_of(doc->root);
}

enum json_kind json_kind(const struct json *value)
{
    if (value == NULL)
        return JSON_NULL;
    switch (item_of(value)->type & 0xff) {
    case cJSON_True:
    case cJSON_False: return JSON_BOOL;
    case cJSON_Number: return JSON_NUMBER;
    case cJSON_String: return JSON_STRING;
    case cJSON_Array: return JSON_ARRAY;
    case cJSON_Object: return JSON_OBJECT;
    default: return JSON_NULL;
    }
}

const char *json_kind_name(enum json_kind kind)
{
    static const char *const names[] = {
        [JSON_NULL] = "null", [JSON_BOOL] = "a boolean", [JSON_NUMBER] = "a number", [JSON_STRING] = "a string",
        [JSON_ARRAY] = "an array", [JSON_OBJECT] = "an object",
    };

    return names[kind];
}

const struct json *json_get(const struct json *object, const char *key)
{
    if (object == NULL || !cJSON_IsObject(item_of(object)))
        return NULL;
    for (const cJSON *item = item_of(object)->child; item != NULL; item = item->next)
        if (strcmp(item->string, key) == 0)
            return value_of(item);
    return NULL;
}

/* The very key goes before one in another case. */
const struct json *json_get_any_case(const struct json *object, const char *key)
{
    const struct json *exact = json_get(object, key);

    if (exact != NULL || object == NULL || !cJSON_IsObject(item_of(object)))
        return exact;
    for (const cJSON *item = item_of(object)->child; item != NULL; item = item->next)
        if (strcasecmp(item->string, key) == 0)
            return value_of(item);
    return NULL;
}

const char *json_text(const struct json *value)
{
    return value != NULL && cJSON_IsString(item_of(value)) ? item_of(value)->valuestring : NULL;
}

const char *json_string(const struct json *object, const char *key)
{
    return json_text(json_get(object, key));
}

bool json_to_int64(const struct json *value, int64_t *out)
{
    const cJSON *item = item_of(value);

    if (item == NULL || !cJSON_IsNumber(item))
        return false;
    if (item->valuestring != NULL) {
        long long exact;

        errno = 0;
        exact = strtoll(item->valuestring, NULL, 10);
        if (errno == ERANGE)
            return false;
        *out = exact;
        return true;
    }
    if (item->valuedouble != trunc(item->valuedouble) || fabs(item->valuedouble) > JSON_INTEGER_EXACT_MAX)
        return false;
    *out = (int64_t)item->valuedouble;
    return true;
}

bool json_to_number(const struct json *value, double *out)
{
    if (value == NULL || !cJSON_IsNumber(item_of(value)))
        return false;
    *out = item_of(value)->valuedouble;
    return true;
}

bool json_to_bool(const struct json *value, bool *out)
{
    if (value == NULL || !cJSON_IsBool(item_of(value)))
        return false;
    *out = cJSON_IsTrue(item_of(value));
    return true;
}

bool json_get_int64(const struct json *object, const char *key, int64_t *out)
{
    return json_to_int64(json_get(object, key), out);
}

bool json_get_number(const struct json *object, const char *key, double *out)
{
    return json_to_number(json_get(object, key), out);
}

bool json_get_bool(const struct json *object, const char *key, bool *out)
{
    return json_to_bool(json_get(object, key), out);
}

const struct json *json_first(const struct json *container)
{
    return container == NULL ? NULL : value_of(item_of(container)->child);
}

const struct json *json_next(const struct json *value)
{
    return value_of(item_of(value)->next);
}

const char *json_key(const struct json *member)
{
    return item_of(member)->string;
}

size_t json_count(const struct json *container)
{
    size_t count = 0;

    for (const struct json *value = json_first(container); value != NULL; value = json_next(value))
        count++;
    return count;
}

/* Counts the items of the list and below, parents first, until wanted is met. */
static bool count_up_to(const cJSON *list, const cJSON *wanted, size_t *count)
{
    for (; list != NULL; list = list->next) {
        if (list == wanted)
            return true;
        ++*count;
        if (count_up_to(list->child, wanted, count))
            return true;
    }
    return false;
}

/* Where a value stands in the text. */
struct place { size_t key, start, end; };      /* key is start when it has none */

static size_t string_end(const char *text, size_t at)
{
    for (at++; text[at] != '"'; at++)
        at += text[at] == '\\';
    return at + 1;
}

static size_t value_end(const char *text, size_t at)
{
    int depth = 0;

    do {
        if (text[at] == '"') {
            at = string_end(text, at);
        } else if (text[at] == '{' || text[at] == '[') {
            depth++;
            at++;
        } else if (text[at] == '}' || text[at] == ']') {
            depth--;
            at++;
        } else {
            /* Blanks and separators end a number or a word; inside a container they are passed one by one. */
            size_t length = strcspn(text + at, " \t\r\n,:{}[]\"");
            at += length > 0 ? length : 1;
        }
    } while (depth > 0);
    return at;
}

/* Finds the value before which so many others begin. The scanner has been here: the text is right. */
static struct place find_place(const char *text, size_t before)
{
    struct place place = { SIZE_MAX, 0, 0 };

    for (size_t at = 0;;) {
        at += strspn(text + at, " \t\r\n,:]}");
        assert(text[at] != '\0');
        if (text[at] == '"') {
            size_t end = string_end(text, at);

            if (text[end + strspn(text + end, " \t\r\n")] == ':') {
                place.key = at;
                at = end;
                continue;
            }
        }
        if (before-- == 0) {
            place.start = at;
            place.end = value_end(text, at);
            if (place.key == SIZE_MAX)
                place.key = at;
            return place;
        }
        place.key = SIZE_MAX;
        at = text[at] == '{' || text[at] == '[' ? at + 1 : value_end(text, at);
    }
}

static struct place place_of(const struct json_doc *doc, const struct json *value)
{
    size_t before = 0;
    bool found = count_up_to(doc->root, item_of(value), &before);

    assert(found);
    return find_place(doc->text, before);
}

size_t json_line(const struct json_doc *doc, const struct json *value)
{
    return json_line_at(doc->text, place_of(doc, value).key);
}

const char *json_raw(const struct json_doc *doc, const struct json *value, size_t *length)
{
    struct place place = place_of(doc, value);

    *length = place.end - place.start;
    return doc->text + place.start;
}
