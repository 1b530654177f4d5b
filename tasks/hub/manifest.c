#include "tasks/hub/manifest.h"

#include <stdbool.h>
#include <string.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "harness/base/hash.h"
#include "harness/base/json.h"
#include "harness/base/json_write.h"
#include "tasks/hub/hub.h"
#include "harness/engine/task.h"

#define VERSION 1

static bool is_sha256(const char *text)
{
    return text != NULL && strlen(text) == HASH_HEX_SIZE - 1 && strspn(text, "0123456789abcdef") == HASH_HEX_SIZE - 1;
}

/* Texts of an entry: the same names for reading and writing. */
static const struct field {
    const char *name;
    size_t offset;
} TEXTS[] = {
    { "id", offsetof(struct manifest_entry, id) }, { "revision", offsetof(struct manifest_entry, revision) },
    { "config", offsetof(struct manifest_entry, config) }, { "split", offsetof(struct manifest_entry, split) },
    { "way", offsetof(struct manifest_entry, way) }, { "host", offsetof(struct manifest_entry, host) },
    { "note", offsetof(struct manifest_entry, note) },
}, NUMBERS[] = {
    { "fetched_ms", offsetof(struct manifest_entry, fetched_ms) }, { "rows", offsetof(struct manifest_entry, rows) },
    { "bytes", offsetof(struct manifest_entry, bytes) }, { "pictures", offsetof(struct manifest_entry, pictures) },
};

#define TEXT_COUNT (sizeof TEXTS / sizeof TEXTS[0])
#define NUMBER_COUNT (sizeof NUMBERS / sizeof NUMBERS[0])

static const char **text_of(struct manifest_entry *entry, size_t i)
{
    return (const char **)(void *)((char *)entry + TEXTS[i].offset);
}

static int64_t *number_of(struct manifest_entry *entry, size_t i)
{
    return (int64_t *)(void *)((char *)entry + NUMBERS[i].offset);
}

/* --- reading --- */

static void read_files(struct arena *arena, const struct json *files, struct manifest_entry *out)
{
    out->files = arena_calloc(arena, json_count(files) + 1, sizeof out->files[0]);
    for (const struct json *file = json_first(files); file != NULL; file = json_next(file)) {
        const char *path = json_string(file, "path"), *sha256 = json_string(file, "sha256");
        if (path != NULL && is_sha256(sha256))
            out->files[out->file_count++] = (struct manifest_file){ .path = arena_strdup(arena, path),
                                                                    .sha256 = arena_strdup(arena, sha256) };
    }
}

/* False: it is none of ours. */
static bool read_entry(struct arena *arena, const struct json *json, struct manifest_entry *out)
{
    const char *sha256 = json_string(json, "sha256");

    *out = (struct manifest_entry){ .rows = 0 };
    if (!is_sha256(sha256))
        return false;
    memcpy(out->sha256, sha256, sizeof out->sha256);
    for (size_t i = 0; i < TEXT_COUNT; i++)
        *text_of(out, i) = arena_strdup(arena, json_string(json, TEXTS[i].name));
    for (size_t i = 0; i < NUMBER_COUNT; i++)
        if (!json_get_int64(json, NUMBERS[i].name, number_of(out, i)) || *number_of(out, i) < 0)
            return false;
    read_files(arena, json_get(json, "files"), out);
    return out->id != NULL && out->way != NULL && (out->revision == NULL || hub_is_commit(out->revision));
}

static int read_root(struct arena *arena, const char *name, const struct json_doc *doc, struct manifest *out,
                     struct err *err)
{
    const struct json *root = json_root(doc), *sets = json_get(root, "sets");
    int64_t version = 0;

    if (!json_get_int64(root, "manifest", &version) || version != VERSION || json_string(root, "task") == NULL)
        return err_set_code(err, EXIT_BAD_DATA, "%s: expected \"manifest\": %d and \"task\"", name, VERSION);
    out->task = arena_strdup(arena, json_string(root, "task"));
    out->entries = arena_calloc(arena, json_count(sets) + 1, sizeof out->entries[0]);
    for (const struct json *set = json_first(sets); set != NULL; set = json_next(set))
        if (!read_entry(arena, set, &out->entries[out->count++]))
            return err_set_code(err, EXIT_BAD_DATA, "%s line %zu: expected a set: \"sha256\", \"id\", \"way\" and its "
                                "figures", name, json_line(doc, set));
    return 0;
}

int manifest_parse(struct arena *arena, const char *name, const char *text, size_t length, struct manifest *out,
                   struct err *err)
{
    struct json_doc *doc = json_parse(text, length, err);
    int status;

    *out = (struct manifest){ .count = 0 };
    if (doc == NULL)
        return err_prefix(err, "%s ", name);
    status = read_root(arena, name, doc, out, err);
    json_free(doc);
    return status;
}

/* --- writing --- */

static void write_entry(struct json_write *w, struct manifest_entry *entry)
{
    json_open(w, NULL, '{');
    json_add_string(w, "sha256", entry->sha256);
    for (size_t i = 0; i < TEXT_COUNT; i++)
        json_add_string(w, TEXTS[i].name, *text_of(entry, i));
    for (size_t i = 0; i < NUMBER_COUNT; i++)
        json_add_int(w, NUMBERS[i].name, *number_of(entry, i));
    json_open(w, "files", '[');
    for (size_t i = 0; i < entry->file_count; i++) {
        json_open(w, NULL, '{');
        json_add_string(w, "path", entry->files[i].path);
        json_add_string(w, "sha256", entry->files[i].sha256);
        json_close(w);
    }
    json_close(w);
    json_close(w);
}

void manifest_write(const struct manifest *manifest, struct buf *out)
{
    struct json_write w = json_write_to(out);

    json_open(&w, NULL, '{');
    json_add_int(&w, "manifest", VERSION);
    json_add_string(&w, "task", manifest->task);
    json_open(&w, "sets", '[');
    for (size_t i = 0; i < manifest->count; i++)
        write_entry(&w, &manifest->entries[i]);
    json_close(&w);
    json_close(&w);
    buf_add_char(out, '\n');
}

/* --- entries --- */

static bool same(const char *a, const char *b)
{
    return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static bool is_of(const struct manifest_entry *entry, const struct provenance *source)
{
    return same(entry->id, source->id) && same(entry->config, source->config) && same(entry->split, source->split);
}

void manifest_add(struct manifest *manifest, struct arena *arena, const struct manifest_entry *entry)
{
    struct manifest_entry *entries = arena_calloc(arena, manifest->count + 1, sizeof entries[0]);
    const struct provenance source = { .id = entry->id, .config = entry->config, .split = entry->split };
    size_t count = 0;

    for (size_t i = 0; i < manifest->count; i++) {
        const struct manifest_entry *old = &manifest->entries[i];
        if (strcmp(old->sha256, entry->sha256) != 0 || !is_of(old, &source) || !same(old->revision, entry->revision))
            entries[count++] = *old;
    }
    entries[count++] = *entry;
    manifest->entries = entries;
    manifest->count = count;
}

const struct manifest_entry *manifest_find(const struct manifest *manifest, const struct provenance *source,
                                           const char *revision)
{
    const struct manifest_entry *unknown = NULL;

    for (size_t i = manifest->count; i > 0; i--) {
        const struct manifest_entry *entry = &manifest->entries[i - 1];
        if (!is_of(entry, source))
            continue;
        if (revision == NULL || same(entry->revision, revision))
            return entry;
        if (entry->revision == NULL && unknown == NULL)
            unknown = entry;
    }
    return unknown;
}
