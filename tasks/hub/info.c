#include "tasks/hub/info.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/arena.h"
#include "harness/base/http.h"
#include "harness/base/json.h"
#include "tasks/hub/hub.h"

static int compare_paths(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int read_root(struct arena *arena, const struct json *root, struct info *out, struct err *err)
{
    const struct json *siblings = json_get(root, "siblings");
    const char *commit = json_string(root, "sha");

    if (commit == NULL || !hub_is_commit(commit))
        return err_set_code(err, EXIT_UNAVAILABLE, "expected \"sha\": a commit of 40 hex digits");
    *out = (struct info){ .commit = arena_strdup(arena, commit),
                          .paths = arena_calloc(arena, json_count(siblings) + 1, sizeof out->paths[0]) };
    for (const struct json *file = json_first(siblings); file != NULL; file = json_next(file)) {
        const char *path = json_string(file, "rfilename");
        if (path != NULL && hub_is_path(path))
            out->paths[out->path_count++] = arena_strdup(arena, path);
    }
    qsort(out->paths, out->path_count, sizeof out->paths[0], compare_paths);
    return 0;
}

int info_parse(struct arena *arena, const char *text, size_t length, struct info *out, struct err *err)
{
    struct json_doc *doc = json_parse(text, length, err);
    int status;

    if (doc == NULL) {
        err->code = EXIT_UNAVAILABLE;
        return -1;
    }
    status = read_root(arena, json_root(doc), out, err);
    json_free(doc);
    return status;
}

int info_get(struct hub *hub, const char *id, const char *revision, struct info *out, struct err *err)
{
    struct http_call *call = hub_get(hub, id, hub_info_url(hub, id, revision), err);
    int status;

    if (call == NULL)
        return -1;
    status = info_parse(hub->arena, call->body.data, call->body.length, out, err);
    http_free_call(call);
    return status < 0 ? err_prefix(err, "%s: what the hub says of %s: ", hub->endpoint, id) : 0;
}

const char *const *info_match(const struct info *info, struct arena *arena, const char *pattern, struct err *err)
{
    const char **found = arena_calloc(arena, info->path_count + 1, sizeof found[0]);
    size_t count = 0;

    for (size_t i = 0; i < info->path_count; i++)
        if (fnmatch(pattern, info->paths[i], FNM_PATHNAME | FNM_NOESCAPE) == 0)
            found[count++] = info->paths[i];
    if (count > 0)
        return found;
    err_set_code(err, EXIT_BAD_DATA, "no file there is named %s", pattern);
    return NULL;
}
