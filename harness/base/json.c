/*
 * How a document is read. The bytes are copied and made UTF-8 without NUL (text_repair); the scanner (json_scan) goes
 * over the copy once, mends it where it stands and builds the tree. So json_raw may hand out pieces of the copy.
 */
#include "harness/base/json.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/buf.h"
#include "harness/base/encoding.h"
#include "harness/base/json_scan.h"
#include "harness/base/mem.h"
#include "harness/base/text.h"

/* As UTF-8 without NUL, *length bytes of it. */
static char *mended_copy(const char *text, size_t *length)
{
    struct buf copy;
    char *mended;

    if (text_plain_length(text, *length) == *length)
        return xstrndup(text, *length);
    buf_init(&copy, 3 * *length);        /* each byte may become U+FFFD */
    text_repair(&copy, text, *length);
    *length = copy.length;
    mended = buf_take(&copy);
    buf_fini(&copy);
    return mended;
}

static struct json_doc *parse(const char *text, size_t length, enum json_manner manner, struct err *err)
{
    struct json_doc *doc;

    if (length > JSON_SIZE_MAX) {
        err_set_code(err, EXIT_BAD_DATA, "line 1: expected at most %zu bytes, found %zu", JSON_SIZE_MAX, length);
        return NULL;
    }
    if (manner == JSON_OURS && encoding_check(text, length, err) < 0)
        return NULL;
    if (length >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
        text += 3;
        length -= 3;
    }
    doc = xmalloc(sizeof *doc);
    doc->text = mended_copy(text, &length);
    doc->length = length;
    if (json_scan(doc, manner, err) == 0)
        return doc;
    json_free(doc);
    return NULL;
}

struct json_doc *json_parse(const char *text, size_t length, struct err *err)
{
    return parse(text, length, JSON_LENIENT, err);
}

struct json_doc *json_parse_row(const char *text, size_t length, struct err *err)
{
    return parse(text, length, JSON_ROW, err);
}

struct json_doc *json_parse_ours(const char *text, size_t length, struct err *err)
{
    return parse(text, length, JSON_OURS, err);
}

void json_free(struct json_doc *doc)
{
    if (doc == NULL)
        return;
    while (doc->slabs != NULL) {
        struct json_slab *next = doc->slabs->next;
        free(doc->slabs);
        doc->slabs = next;
    }
    free(doc->strings);
    free(doc->text);
    free(doc);
}

const struct json *json_root(const struct json_doc *doc)
{
    return doc == NULL ? NULL : doc->root;
}

/* A value is its item, which is its first member; NULL is neither. */
static const cJSON *item_of(const struct json *value)
{
    return (const cJSON *)value;
}

static const struct json *value_of(const cJSON *item)
{
    return (const struct json *)item;
}

enum json_kind json_kind(const struct json *value)
{
    switch (value == NULL ? cJSON_NULL : value->item.type) {
    case cJSON_True:
    case cJSON_False:
        return JSON_BOOL;
    case cJSON_Number:
        return JSON_NUMBER;
    case cJSON_String:
        return JSON_STRING;
    case cJSON_Array:
        return JSON_ARRAY;
    case cJSON_Object:
        return JSON_OBJECT;
    default:
        return JSON_NULL;
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
    return cJSON_IsObject(item_of(object)) ? value_of(cJSON_GetObjectItemCaseSensitive(item_of(object), key)) : NULL;
}

/* The very key goes before one in another case. */
const struct json *json_get_any_case(const struct json *object, const char *key)
{
    const struct json *exact = json_get(object, key);

    if (exact != NULL || !cJSON_IsObject(item_of(object)))
        return exact;
    return value_of(cJSON_GetObjectItem(item_of(object), key));
}

const char *json_text(const struct json *value)
{
    return cJSON_GetStringValue(item_of(value));
}

const char *json_string(const struct json *object, const char *key)
{
    return json_text(json_get(object, key));
}

bool json_to_int64(const struct json *value, int64_t *out)
{
    if (json_kind(value) != JSON_NUMBER)
        return false;
    if (value->digits != NULL) {
        long long exact;

        errno = 0;
        exact = strtoll(value->digits, NULL, 10);
        if (errno == ERANGE)
            return false;
        *out = exact;
        return true;
    }
    if (value->item.valuedouble != trunc(value->item.valuedouble) ||
        fabs(value->item.valuedouble) > JSON_INTEGER_EXACT_MAX)
        return false;
    *out = (int64_t)value->item.valuedouble;
    return true;
}

const char *json_digits(const struct json *value, size_t *length)
{
    if (json_kind(value) != JSON_NUMBER || value->digits == NULL)
        return NULL;
    *length = strspn(value->digits, "-0123456789");
    return value->digits;
}

bool json_to_number(const struct json *value, double *out)
{
    if (json_kind(value) != JSON_NUMBER)
        return false;
    *out = cJSON_GetNumberValue(item_of(value));
    return true;
}

bool json_to_bool(const struct json *value, bool *out)
{
    if (json_kind(value) != JSON_BOOL)
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
    return container == NULL ? NULL : value_of(container->item.child);
}

const struct json *json_next(const struct json *value)
{
    return value_of(value->item.next);
}

const char *json_key(const struct json *member)
{
    return member->item.string;
}

size_t json_count(const struct json *container)
{
    return (size_t)cJSON_GetArraySize(item_of(container));
}

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

size_t json_line(const struct json_doc *doc, const struct json *value)
{
    return json_line_at(doc->text, value->key_at);
}

const char *json_raw(const struct json_doc *doc, const struct json *value, size_t *length)
{
    *length = value_end(doc->text, value->at) - value->at;
    return doc->text + value->at;
}
