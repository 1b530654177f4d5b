/*
 * json_scan: the scanner that checks a document's text and builds its tree. For json.c only; all else includes json.h.
 *
 * A document is a few pieces of memory, however many values it has: its text, one run of bytes for what its strings and
 * keys say, and slabs of values, of which a small document needs no more than the first. The tree is cJSON's and is read
 * by its functions; nothing of it is cJSON's memory, so none of its functions that write or free may be called.
 */
#ifndef VERNIER_BASE_JSON_SCAN_H
#define VERNIER_BASE_JSON_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cjson/cJSON.h>

#include "harness/base/err.h"
#include "harness/base/json.h"

/* How strictly a document is read: as the world's, as a row of data (each key once), as ours (that, and with comments, but
 * with no line break in a string). */
enum json_manner { JSON_LENIENT, JSON_ROW, JSON_OURS };

/* 2^53 - 1. Past it two integers share a double, so the value of one keeps its digits. */
#define JSON_INTEGER_EXACT_MAX 9007199254740991.0

struct json {
    cJSON item;                 /* first: a value is its item */
    const char *digits;         /* of an integer past 2^53, in the document's text; else NULL */
    uint32_t at, key_at;        /* where it begins in the document's text, and where its key does (without one: at) */
};

struct json_slab {
    struct json_slab *next;
    struct json values[];
};

/* What one event of a stream, or one row of a data set, holds as a rule. */
#define JSON_FEW 16

struct json_doc {
    char *text;                 /* mended; ends with the only NUL in it */
    size_t length;
    char *strings;
    struct json *root;
    struct json_slab *slabs;
    struct json few[JSON_FEW];
};

/*
 * Builds the tree of doc->text[0..length), which must be UTF-8 and end with the only NUL in it; what is no character,
 * and comments, are mended in it, which keeps its length. Sets root, strings and slabs, on failure too: they are the
 * caller's to free. manner: see json.h. -1 with err set (EXIT_BAD_DATA).
 */
int json_scan(struct json_doc *doc, enum json_manner manner, struct err *err);

/* The line, from 1, of the byte at. */
size_t json_line_at(const char *text, size_t at);

#endif
