/*
 * json: JSON as it crosses the border (loaders, dialects, plan, journal). Not our data model.
 *
 * A document owns its text and its tree; everything read from it lives as long as the document. What the world writes
 * is taken as far as it can be: size and depth are bounded before any recursion, a lone \ud83d or a \u0000 becomes U+FFFD
 * (cJSON fails on one and cuts at the other), bytes that are not UTF-8 become U+FFFD, a number past a double's range
 * becomes the largest one, what follows the document is an error. An error text begins "line 3: " and says what was
 * expected.
 */
#ifndef VERNIER_BASE_JSON_H
#define VERNIER_BASE_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/base/err.h"

#define JSON_DEPTH_MAX 64
#define JSON_SIZE_MAX ((size_t)64 << 20)

struct json_doc;
struct json;               /* one value in a document; borrowed */

enum json_kind { JSON_NULL, JSON_BOOL, JSON_NUMBER, JSON_STRING, JSON_ARRAY, JSON_OBJECT };

/* From another program: of duplicate keys the first counts. NULL with err set (EXIT_BAD_DATA). */
struct json_doc *json_parse(const char *text, size_t length, struct err *err);

/* A row, or a file, of data: duplicate keys are refused, since readers differ in which of them counts. */
struct json_doc *json_parse_row(const char *text, size_t length, struct err *err);

/* Written by a person for us (plans, task files): comments // and slash-star allowed, duplicate keys refused, and
 * what is not UTF-8 or NUL (encoding.h). */
struct json_doc *json_parse_ours(const char *text, size_t length, struct err *err);

void json_free(struct json_doc *doc);                         /* NULL is allowed */
const struct json *json_root(const struct json_doc *doc);      /* of NULL: NULL */

enum json_kind json_kind(const struct json *value);          /* of NULL: JSON_NULL */
const char *json_kind_name(enum json_kind kind);              /* "a string", "an object", ... for error texts */

/* The member of that name, NULL when there is none or when object is NULL or not an object. */
const struct json *json_get(const struct json *object, const char *key);
const struct json *json_get_any_case(const struct json *object, const char *key);

/* A string's text, NULL when value is NULL or no string. json_string looks the member up first. */
const char *json_text(const struct json *value);
const char *json_string(const struct json *object, const char *key);

/* True and *out set when it is there, of that kind, and fits; numbers must be integral for int64. */
bool json_get_int64(const struct json *object, const char *key, int64_t *out);
bool json_get_number(const struct json *object, const char *key, double *out);
bool json_get_bool(const struct json *object, const char *key, bool *out);
bool json_to_int64(const struct json *value, int64_t *out);
bool json_to_number(const struct json *value, double *out);
bool json_to_bool(const struct json *value, bool *out);

/* The digits of a whole number that no double holds (past 2^53), as they were written; NULL: it is none. Borrowed from the
 * document; not NUL-terminated. */
const char *json_digits(const struct json *value, size_t *length);

/* Members of an object or array, in the order written: for (v = json_first(o); v != NULL; v = json_next(v)). */
const struct json *json_first(const struct json *container);  /* NULL when empty, NULL or a scalar */
const struct json *json_next(const struct json *value);
const char *json_key(const struct json *member);              /* NULL in an array */
size_t json_count(const struct json *container);

/* The line (from 1) on which value begins; for a member, the line of its key. Counts them: for errors only. */
size_t json_line(const struct json_doc *doc, const struct json *value);

/* The very bytes value was written with (mended as above, comments blank), to send back or keep unchanged. Borrowed
 * from the document; not NUL-terminated. */
const char *json_raw(const struct json_doc *doc, const struct json *value, size_t *length);

#endif
