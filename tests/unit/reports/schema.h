/*
 * schema: is what a report wrote as its JSON Schema says? A small checker, of what our schemas use: type, const, enum,
 * required, properties, items, minimum, maximum, $ref to $defs.
 */
#ifndef VERNIER_TESTS_SCHEMA_H
#define VERNIER_TESTS_SCHEMA_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdbool.h>
#include <string.h>

#include "harness/base/buf.h"
#include "harness/base/err.h"
#include "harness/base/file.h"
#include "harness/base/json.h"

static inline bool has_type(const struct json *value, const char *type)
{
    int64_t whole;

    switch (json_kind(value)) {
    case JSON_NULL: return strcmp(type, "null") == 0;
    case JSON_BOOL: return strcmp(type, "boolean") == 0;
    case JSON_STRING: return strcmp(type, "string") == 0;
    case JSON_ARRAY: return strcmp(type, "array") == 0;
    case JSON_OBJECT: return strcmp(type, "object") == 0;
    case JSON_NUMBER: break;
    }
    return strcmp(type, "number") == 0 || (strcmp(type, "integer") == 0 && json_to_int64(value, &whole));
}

static inline bool has_some_type(const struct json *value, const struct json *types)
{
    if (types == NULL || json_text(types) != NULL)
        return types == NULL || has_type(value, json_text(types));
    for (const struct json *type = json_first(types); type != NULL; type = json_next(type))
        if (has_type(value, json_text(type)))
            return true;
    return false;
}

/* Our lists hold texts and null. */
static inline bool is_listed(const struct json *value, const struct json *list)
{
    for (const struct json *item = json_first(list); item != NULL; item = json_next(item)) {
        const char *text = json_text(value), *listed = json_text(item);
        if (text != NULL && listed != NULL ? strcmp(text, listed) == 0 : json_kind(value) == JSON_NULL && listed == NULL)
            return true;
    }
    return list == NULL;
}

static inline bool is_in_range(const struct json *value, const struct json *schema)
{
    double number, bound;

    if (!json_to_number(value, &number))
        return true;
    return (!json_get_number(schema, "minimum", &bound) || number >= bound) &&
           (!json_get_number(schema, "maximum", &bound) || number <= bound);
}

static inline bool is_const(const struct json *value, const struct json *expected)
{
    double number, other;

    if (expected == NULL)
        return true;
    if (json_text(expected) != NULL)
        return json_text(value) != NULL && strcmp(json_text(value), json_text(expected)) == 0;
    return json_to_number(value, &number) && json_to_number(expected, &other) && !(number < other || number > other);
}

static inline void check_value(const struct json *value, const struct json *schema, const struct json *root, const char *path);

/* Stricter than the schema: what is written must also be told there. */
static inline void check_members(const struct json *object, const struct json *schema, const struct json *root,
                          const char *path)
{
    const struct json *properties = json_get(schema, "properties");

    for (const struct json *name = json_first(json_get(schema, "required")); name != NULL; name = json_next(name))
        if (json_get(object, json_text(name)) == NULL)
            fail_msg("%s: no %s", path, json_text(name));
    for (const struct json *member = json_first(object); member != NULL; member = json_next(member)) {
        if (json_get(properties, json_key(member)) == NULL)
            fail_msg("%s: %s is not in the schema", path, json_key(member));
        check_value(member, json_get(properties, json_key(member)), root, json_key(member));
    }
}

static inline void check_value(const struct json *value, const struct json *schema, const struct json *root, const char *path)
{
    const char *ref = json_string(schema, "$ref");

    if (ref != NULL) {
        assert_memory_equal(ref, "#/$defs/", 8);
        check_value(value, json_get(json_get(root, "$defs"), ref + 8), root, path);
    }
    assert_non_null(schema);
    if (!has_some_type(value, json_get(schema, "type")) || !is_listed(value, json_get(schema, "enum")) ||
        !is_in_range(value, schema) || !is_const(value, json_get(schema, "const")))
        fail_msg("%s is not as the schema says", path);
    if (json_kind(value) == JSON_OBJECT && ref == NULL)
        check_members(value, schema, root, path);
    if (json_kind(value) == JSON_ARRAY && ref == NULL)
        for (const struct json *item = json_first(value); item != NULL; item = json_next(item))
            check_value(item, json_get(schema, "items"), root, path);
}

static inline struct json_doc *parse_strictly(const char *text, size_t length)
{
    struct err err = ERR_INIT;
    struct json_doc *doc = json_parse_ours(text, length, &err);

    if (doc == NULL)
        fail_msg("%s", err.text);
    return doc;
}

static inline void assert_fits_schema(const char *path, const struct buf *text)
{
    struct err err = ERR_INIT;
    struct json_doc *schema, *doc;
    struct buf file;

    buf_init(&file, 0);
    if (file_read(path, &file, &err) < 0)
        fail_msg("%s", err.text);
    schema = parse_strictly(file.data, file.length);
    doc = parse_strictly(text->data, text->length);
    check_value(json_root(doc), json_root(schema), json_root(schema), "report");
    json_free(doc);
    json_free(schema);
    buf_fini(&file);
}

#endif
