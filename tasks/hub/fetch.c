#include "tasks/hub/fetch.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/base/arena.h"
#include "harness/base/clock.h"
#include "harness/base/file.h"
#include "harness/base/hash.h"
#include "tasks/hub/hub.h"
#include "tasks/hub/info.h"
#include "tasks/hub/pour.h"
#include "harness/engine/task.h"
#include "tasks/hub/rows.h"

#define FILE_BYTES_MAX ((int64_t)4 << 30)
#define FILES_MAX 10000

struct fetch {
    struct hub *hub;
    struct shelf *shelf;
    const struct fetch_wish *wish;
    const struct provenance *source;
    const char *commit, *work;
    struct pour pour;
    struct manifest_entry entry;
    struct err *err;
};

static bool has_tables(const struct provenance *source)
{
    return source->split != NULL && (source->config != NULL || source->configs != NULL);
}

bool fetch_can(const struct provenance *source)
{
    return source->id != NULL && hub_is_id(source->id) && (source->files != NULL || has_tables(source));
}

/* --- where it is poured --- */

static int begin(struct fetch *fetch)
{
    struct pour *pour = &fetch->pour;
    struct hash hash;
    char key[HASH_HEX_SIZE];
    const char *const texts[] = { fetch->source->id, fetch->commit, fetch->source->config, fetch->source->split };

    /* Of the user's own files nothing is kept for a next time, so they may share a folder. */
    hash_init(&hash);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        hash_string(&hash, texts[i] != NULL ? texts[i] : "");
    hash_hex(&hash, key);
    fetch->work = shelf_work(fetch->shelf, key, fetch->err);
    if (fetch->work == NULL)
        return -1;
    *pour = (struct pour){ .name = file_join(fetch->shelf->arena, fetch->work, "rows"),
                           .pictures = file_join(fetch->shelf->arena, fetch->shelf->folder, POUR_PICTURES) };
    pour->out = fopen(pour->name, "wb");
    return pour->out != NULL ? 0 : err_set_code(fetch->err, EXIT_STORE, "%s: %s", pour->name, strerror(errno));
}

static void describe(struct fetch *fetch)
{
    struct manifest_entry *entry = &fetch->entry;

    entry->id = fetch->source->id;
    entry->config = fetch->source->config;
    entry->split = fetch->source->split;
    entry->revision = fetch->commit;
    entry->fetched_ms = clock_utc_ms();
    entry->rows = (int64_t)fetch->pour.row_count;
    entry->pictures = (int64_t)fetch->pour.picture_count;
}

/* Work that cannot be used must not be gone on with. */
static const struct manifest_entry *finish(struct fetch *fetch)
{
    const struct fetch_wish *wish = fetch->wish;
    const char *path;
    int status = 0;

    describe(fetch);
    if (fetch->pour.row_count == 0)
        status = err_set_code(fetch->err, EXIT_BAD_DATA, "%s: no rows", fetch->source->id);
    if (status < 0 || shelf_put(fetch->shelf, &fetch->entry, fetch->pour.name, fetch->err) < 0)
        return NULL;
    shelf_remove_work(fetch->work);
    path = shelf_path(fetch->shelf, &fetch->entry);
    if (wish->check != NULL && wish->check(wish->checker, path, fetch->err) < 0) {
        unlink(path);
        return NULL;
    }
    if (shelf_note(fetch->shelf, &fetch->entry, fetch->err) < 0)
        return NULL;
    return &fetch->shelf->manifest.entries[fetch->shelf->manifest.count - 1];
}

static const struct manifest_entry *carry_out(struct fetch *fetch, int (*pour)(struct fetch *fetch))
{
    int status = begin(fetch);

    if (status == 0)
        status = pour(fetch);
    if (fetch->pour.out != NULL && fclose(fetch->pour.out) != 0 && status == 0)
        status = err_set_code(fetch->err, EXIT_STORE, "%s: %s", fetch->pour.name, strerror(errno));
    if (status < 0 && fetch->err->code == EXIT_BAD_DATA && fetch->work != NULL)
        shelf_remove_work(fetch->work);
    return status == 0 ? finish(fetch) : NULL;
}

static void add_file(struct fetch *fetch, const char *path, const char *sha256)
{
    struct manifest_entry *entry = &fetch->entry;

    if (entry->files == NULL)
        entry->files = arena_calloc(fetch->shelf->arena, FILES_MAX, sizeof entry->files[0]);
    if (entry->file_count < FILES_MAX)
        entry->files[entry->file_count++] = (struct manifest_file){ path, arena_strdup(fetch->shelf->arena, sha256) };
}

/* --- by files of a commit --- */

/* One that came whole before a kill is there under its name. */
static int bring(struct fetch *fetch, const char *file, const char *local, char sha256[HASH_HEX_SIZE])
{
    const char *shown_as = arena_printf(fetch->shelf->arena, "%s, %s", fetch->source->id, file), *url;
    int64_t size;

    if (file_exists(local))
        return hash_file(local, sha256, &size, fetch->err);
    url = hub_file_url(fetch->hub, fetch->source->id, fetch->commit, file);
    return hub_download(fetch->hub, fetch->source->id, url, local, shown_as, FILE_BYTES_MAX, sha256, fetch->err);
}

static int pour_one(struct fetch *fetch, const char *path)
{
    struct arena *arena = fetch->shelf->arena;
    const char *file = arena_strndup(arena, path, strcspn(path, "#"));
    const char *local = arena_printf(arena, "%s/file-%zu", fetch->work, fetch->entry.file_count);
    char sha256[HASH_HEX_SIZE];

    if (!hub_is_path(file))
        return err_set_code(fetch->err, EXIT_BAD_DATA, "%s: expected a path within the repository", file);
    if (bring(fetch, file, local, sha256) < 0 || pour_file(&fetch->pour, local, path, fetch->work, fetch->err) < 0)
        return -1;
    add_file(fetch, file, sha256);
    return 0;
}

static const char *const *expand(struct fetch *fetch, const char *pattern)
{
    struct info info;
    const char **one;

    if (strchr(pattern, '*') != NULL) {
        if (info_get(fetch->hub, fetch->source->id, fetch->commit, &info, fetch->err) < 0)
            return NULL;
        return info_match(&info, fetch->shelf->arena, pattern, fetch->err);
    }
    one = arena_calloc(fetch->shelf->arena, 2, sizeof one[0]);
    one[0] = pattern;
    return one;
}

static int pour_files(struct fetch *fetch)
{
    const struct provenance *source = fetch->source;

    for (size_t i = 0; source->files[i] != NULL; i++) {
        const char *const *paths = expand(fetch, source->files[i]);
        fetch->pour.config = source->configs != NULL ? source->configs[i] : NULL;
        for (; paths != NULL && *paths != NULL; paths++)
            if (pour_one(fetch, *paths) < 0)
                return -1;
        if (paths == NULL)
            return -1;
    }
    return 0;
}

/* --- by the rows service --- */

/* The number-th table; config NULL: there is none. */
static struct rows_table table_of(const struct provenance *source, size_t number)
{
    const char *config = source->configs == NULL && number > 0 ? NULL
                       : source->configs == NULL ? source->config : source->configs[number];

    return (struct rows_table){ .id = source->id, .config = config, .split = source->split, .number = number };
}

static int pour_rows(struct fetch *fetch)
{
    struct rows_table table = table_of(fetch->source, 0);

    for (; table.config != NULL; table = table_of(fetch->source, table.number + 1)) {
        fetch->pour.config = fetch->source->configs != NULL ? table.config : NULL;
        if (rows_fetch(fetch->hub, &table, fetch->commit, fetch->work, &fetch->pour, fetch->err) < 0)
            return -1;
    }
    if (fetch->pour.picture_count > 0)
        fetch->entry.note = "pictures as the rows service gives them: JPEG ones are re-encoded";
    return 0;
}

/* --- from the disk --- */

static const char *name_of(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash != NULL ? slash + 1 : path;
}

/* A file of a set that has several is known by its name. */
static const char *config_of(const struct provenance *source, const char *path)
{
    for (size_t i = 0; source->configs != NULL && source->files[i] != NULL; i++)
        if (strcmp(name_of(source->files[i]), name_of(path)) == 0)
            return source->configs[i];
    return NULL;
}

static int pour_disk(struct fetch *fetch)
{
    for (const char *const *paths = fetch->wish->paths; *paths != NULL; paths++) {
        const char *file = arena_strndup(fetch->shelf->arena, *paths, strcspn(*paths, "#"));
        char sha256[HASH_HEX_SIZE];
        int64_t size;

        fetch->pour.config = config_of(fetch->source, file);
        if (pour_file(&fetch->pour, file, *paths, fetch->work, fetch->err) < 0 ||
            hash_file(file, sha256, &size, fetch->err) < 0)
            return -1;
        add_file(fetch, name_of(file), sha256);
    }
    return 0;
}

/* --- which way --- */

/* Why the files cannot be read here; false: they can. */
static bool are_unreadable(const struct provenance *source, struct err *why)
{
    for (size_t i = 0; source->files[i] != NULL; i++)
        if (pour_can(source->files[i], why) < 0)
            return true;
    return false;
}

/* An address without user name and password: what is kept holds no secret. */
static const char *bare(struct arena *arena, const char *address)
{
    const char *host = strstr(address, "://") + 3;
    const char *at = memrchr(host, '@', strcspn(host, "/?#"));

    return at == NULL ? address : arena_printf(arena, "%.*s%s", (int)(host - address), address, at + 1);
}

static const struct manifest_entry *by_rows(struct fetch *fetch)
{
    struct rows_table table = table_of(fetch->source, 0);

    if (fetch->commit == NULL)
        fetch->commit = rows_commit(fetch->hub, &table, fetch->err);
    if (fetch->commit == NULL)
        return NULL;
    fetch->entry.way = "rows";
    fetch->entry.host = bare(fetch->shelf->arena, fetch->hub->rows_endpoint);
    return carry_out(fetch, pour_rows);
}

static const struct manifest_entry *by_files(struct fetch *fetch)
{
    struct info info;

    if (fetch->commit == NULL && info_get(fetch->hub, fetch->source->id, "main", &info, fetch->err) < 0)
        return NULL;
    if (fetch->commit == NULL)
        fetch->commit = info.commit;
    fetch->entry.way = "files";
    fetch->entry.host = bare(fetch->shelf->arena, fetch->hub->endpoint);
    return carry_out(fetch, pour_files);
}

/* The service stands in for a program that is not here; where it cannot, both are said. */
static const struct manifest_entry *by_network(struct fetch *fetch)
{
    const struct provenance *source = fetch->source;
    const struct manifest_entry *entry;
    struct err why = ERR_INIT;

    if (source->files == NULL)
        return by_rows(fetch);
    if (!are_unreadable(source, &why))
        return by_files(fetch);
    if (!has_tables(source)) {
        *fetch->err = why;
        return NULL;
    }
    entry = by_rows(fetch);
    if (entry == NULL && fetch->err->code == EXIT_BAD_DATA)
        err_prefix(fetch->err, "%s; nor can the rows service stand in: ", why.text);
    return entry;
}

const struct manifest_entry *fetch_set(struct hub *hub, struct shelf *shelf, const struct fetch_wish *wish,
                                       struct err *err)
{
    struct fetch fetch = { .hub = hub, .shelf = shelf, .wish = wish, .source = wish->source, .err = err };

    fetch.commit = wish->revision != NULL ? wish->revision : wish->paths == NULL ? wish->source->revision : NULL;
    if (fetch.commit != NULL && strcmp(fetch.commit, "main") == 0)
        fetch.commit = NULL;
    if (fetch.commit != NULL && !hub_is_commit(fetch.commit)) {
        err_set_code(err, EXIT_USAGE, "\"%.80s\": expected a commit, 40 hex digits", fetch.commit);
        return NULL;
    }
    if (wish->paths != NULL) {
        fetch.entry.way = "disk";
        return carry_out(&fetch, pour_disk);
    }
    if (hub_check_online(hub, shelf->manifest.task, err) < 0)
        return NULL;
    if (fetch_can(wish->source))
        return by_network(&fetch);
    err_set_code(err, EXIT_BAD_DATA, "the task %s does not say where its data can be fetched; give it with --file",
                 shelf->manifest.task);
    return NULL;
}
