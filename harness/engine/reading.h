/*
 * reading: a JSON file that a person wrote for us (a plan), read strictly: every key known, every value as expected,
 * every error with its line, what was expected and what was found.
 *
 * An object is described by a table of keys, each with the function that reads it. A reading borrows all it points to;
 * what it makes lives in its arena. All functions return -1 with err set (EXIT_BAD_DATA).
 */
#ifndef VERNIER_ENGINE_READING_H
#define VERNIER_ENGINE_READING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/base/err.h"
#include "harness/base/json.h"

struct arena;

struct reading {
    struct arena *arena;
    const char *name;                /* of the file, in errors */
    struct json_doc *doc;
    struct err *err;
};

/* Reads value into whatever its table is about. */
typedef int reading_fn(struct reading *r, const struct json *value, void *into);

struct reading_key {
    const char *name;                /* NULL ends the table */
    reading_fn *read;
    bool required;
};

int reading_open(struct reading *r, struct arena *arena, const char *name, const char *text, size_t length,
                 struct err *err);
void reading_close(struct reading *r);

/* "plan.json line 4". Walks the document, like json_line. */
const char *reading_place(const struct reading *r, const struct json *at);

/* "plan.json line 4: " and what fmt says. */
int reading_fail(struct reading *r, const struct json *at, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* "plan.json line 4: "epochs": expected " what fmt says, and what was found. */
int reading_refuse(struct reading *r, const struct json *value, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Refuses keys of object that are not in the table, then reads in the table's order. */
int reading_object(struct reading *r, const struct json *object, const struct reading_key *keys, void *into);

/* Reads each member or element of a container of that kind; names are not empty. */
int reading_each(struct reading *r, const struct json *container, enum json_kind kind, const char *expected,
                 reading_fn *read, void *into);

/* The same, and there must be one at least. */
int reading_some(struct reading *r, const struct json *container, enum json_kind kind, const char *expected,
                 reading_fn *read, void *into);

/* A string that is not empty, copied. */
int reading_text(struct reading *r, const struct json *value, const char *expected, const char **out);

int reading_int(struct reading *r, const struct json *value, int64_t min, int64_t max, int64_t *out);

#endif
