/*
 * json_write: writes one JSON value into a buf, commas and quotes in their places.
 *
 *     struct json_write w = json_write_to(&buf);
 *     json_open(&w, NULL, '{');
 *     json_add_string(&w, "model", name);
 *     json_open(&w, "messages", '[');  json_add_string(&w, NULL, "hi");  json_close(&w);
 *     json_close(&w);
 *
 * key is NULL inside an array and at the top. The same calls give the same bytes, so a hash of them is stable.
 */
#ifndef VERNIER_BASE_JSON_WRITE_H
#define VERNIER_BASE_JSON_WRITE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/base/buf.h"
#include "harness/base/json.h"

struct json_write {
    struct buf *out;
    int depth;
    char closer[JSON_DEPTH_MAX + 1];     /* what closes each open level */
    bool filled[JSON_DEPTH_MAX + 1];     /* the level has a member, so a comma is due */
};

struct json_write json_write_to(struct buf *out);

void json_open(struct json_write *w, const char *key, char bracket);      /* '{' or '[' */
void json_close(struct json_write *w);
void json_add_string(struct json_write *w, const char *key, const char *text);   /* NULL text writes null */
void json_add_bytes(struct json_write *w, const char *key, const char *text, size_t length);
void json_add_int(struct json_write *w, const char *key, int64_t value);
void json_add_number(struct json_write *w, const char *key, double value);   /* shortest; NaN, inf: null */
void json_add_bool(struct json_write *w, const char *key, bool value);
void json_add_null(struct json_write *w, const char *key);
void json_add_raw(struct json_write *w, const char *key, const char *json, size_t length);
void json_add_value(struct json_write *w, const char *key, const struct json *value);   /* a copy, compact */

/* Adds text as a JSON string with its quotes, for who builds no value; bytes that are not UTF-8 become U+FFFD. */
void json_quote(struct buf *out, const char *text, size_t length);

#endif
