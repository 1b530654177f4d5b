/*
 * manifest: what is known of the sets of a task that lie in the cache: of each its source, commit, files and their
 * hashes, when it came and how. A file of JSON beside them, written whole or not at all.
 *
 *     {"manifest":1,"task":"gpqa_diamond","sets":[{"sha256":...,"id":...,"revision":...,"config":...,"split":...,
 *      "way":"files","host":...,"fetched_ms":...,"rows":198,"bytes":...,"pictures":0,"note":...,
 *      "files":[{"path":...,"sha256":...}]}]}
 *
 * Entries live in the arena given; the newest is the last.
 */
#ifndef VERNIER_TASKS_HUB_MANIFEST_H
#define VERNIER_TASKS_HUB_MANIFEST_H

#include <stddef.h>
#include <stdint.h>

#include "harness/base/err.h"

struct arena;
struct buf;
struct provenance;

struct manifest_file { const char *path; const char *sha256; };

struct manifest_entry {
    char sha256[65];                /* of the rows' file, which is named by it */
    const char *id, *config, *split;        /* as in provenance; NULL where that says nothing */
    const char *revision;           /* 40 hex digits; NULL: a file of the user's, of which he did not say */
    const char *way;                /* "files", "rows" (the rows service), "disk" (the user's) */
    const char *host;               /* without password; NULL: no network */
    const char *note;               /* what a reader of figures should know; NULL: nothing */
    int64_t fetched_ms;             /* UTC */
    int64_t rows, bytes, pictures;
    struct manifest_file *files;    /* those that it was made of */
    size_t file_count;
};

struct manifest {
    const char *task;
    struct manifest_entry *entries;
    size_t count;
};

/* Parses; name stands for the file in errors. -1 with err set (EXIT_BAD_DATA). */
int manifest_parse(struct arena *arena, const char *name, const char *text, size_t length, struct manifest *out,
                   struct err *err);
void manifest_write(const struct manifest *manifest, struct buf *out);

/* Puts entry last, in the place of one of the same file, source and commit. */
void manifest_add(struct manifest *manifest, struct arena *arena, const struct manifest_entry *entry);

/* The newest of that source: of that commit, or where revision is NULL of any; where there is none of it, the newest of
 * the user's own files whose commit is not known. NULL: none. */
const struct manifest_entry *manifest_find(const struct manifest *manifest, const struct provenance *source,
                                           const char *revision);

#endif
