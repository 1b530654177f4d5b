/*
 * file: whole files, and paths.
 */
#ifndef VERNIER_BASE_FILE_H
#define VERNIER_BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/base/err.h"

struct arena;
struct buf;

/* Adds the file's bytes to out. -1 with err set "path: why" (EXIT_BAD_DATA): missing, a folder, over out's ceiling. */
int file_read(const char *path, struct buf *out, struct err *err);

/* Opens path for reading. Of a pipe that has a name a writer is waited for, 5 s: where none ever comes, open(2) would wait
 * for ever. A descriptor for the caller to close, or -1 with err set (EXIT_BAD_DATA). */
int file_open(const char *path, struct err *err);

/* Writes a new file; exclusive refuses one that exists. -1 with err set. */
int file_write(const char *path, const void *data, size_t length, bool exclusive, struct err *err);

bool file_exists(const char *path);

/* path seen from folder, without "./" at its start; unchanged when absolute or folder is NULL or "". */
char *file_join(struct arena *arena, const char *folder, const char *path);
char *file_folder(struct arena *arena, const char *path);        /* "a/b.json" gives "a", "b.json" gives "." */
/* Whether there is a program of that name to start, as posix_spawnp looks for it: in PATH, but for a name with a slash. */
bool file_is_program(const char *name);

/* Where a program of that name lies beside the one that runs, to be freed; NULL when none does, or name has a slash. */
char *file_beside_program(const char *name);

char *file_stem(struct arena *arena, const char *path);          /* "a/b.json" gives "b" */

#endif
