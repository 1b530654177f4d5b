/*
 * pour: rows of any file go into one file of JSON lines, as the cache keeps them.
 *
 * .jsonl, .json (a list of objects; an object whose member NAME is one, where the path ends in "#NAME"; an object of
 * columns, lists of one length), .csv, .parquet; each but the last also as .gz. A row of JSON lines stays as it was
 * written, to the byte. A cell that holds a picture ("data:image/...;base64,...", or an object with "bytes" in
 * base64) gives it to the folder of pictures and becomes its path. Parquet is read by the program `duckdb`, since no
 * library of Debian does.
 */
#ifndef VERNIER_TASKS_HUB_POUR_H
#define VERNIER_TASKS_HUB_POUR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "harness/base/err.h"

struct json;

#define POUR_PICTURES "images"      /* the pictures' folder, seen from the file of rows */

struct pour {
    FILE *out;
    const char *name;               /* of out, in errors */
    const char *pictures;           /* the folder; made when there is a first one */
    const char *config;             /* each row gets it as "config"; NULL: none */
    size_t row_count, picture_count;
};

/* A picture: name becomes its path from the file of rows. -1 with err set. */
int pour_picture(struct pour *pour, const char *bytes, size_t length, char *path, size_t path_size, struct err *err);

/* All rows of a file; called tells what it is by its ending, and stands for it in errors. work is a folder for files
 * that are needed meanwhile. -1 with err set. */
int pour_file(struct pour *pour, const char *path, const char *called, const char *work, struct err *err);

/* Whether a file of that name can be read here; else what is missing is said. */
int pour_can(const char *called, struct err *err);

#endif
